using Sinter.Runtime.Files;

namespace Sinter.Runtime.Programs;

/// <content>Files.</content>
public sealed unsafe partial class ModelState
{
    /// <summary>The state that programs need, read from a safetensors file. No initial values are drawn, so a program
    /// that only predicts starts sooner.</summary>
    /// <inheritdoc cref="FromFile(SafetensorsFile, Program[])"/>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public static ModelState FromFile(string path, params Program[] programs)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return FromFile(file, programs);
    }

    /// <summary>The state that programs need, read from an open safetensors file, which is not needed after.</summary>
    /// <exception cref="RunException">Names, types or shapes differ; the message lists every difference. Or two
    /// programs declare a tensor differently.</exception>
    public static ModelState FromFile(SafetensorsFile file, params Program[] programs)
    {
        ArgumentNullException.ThrowIfNull(file);
        var state = new ModelState(programs);
        try
        {
            state.Load(file);
        }
        catch
        {
            state.Dispose();
            throw;
        }

        // What the file lacks starts as in a new run.
        foreach (Entry entry in state.entries.Values.Where(entry => !file.TryGet(entry.Declaration.Name, out _)))
        {
            StateInitializer.Fill(entry.Declaration, entry.Memory.Pointer, Count(entry.Declaration), seed: 0);
        }

        return state;
    }

    /// <summary>
    /// Reads parameters and buffers from a safetensors file; state of optimizers and draws too where the file has it.
    /// Caches are cleared. Nothing changes unless all tensors fit.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="strict">Whether tensors of the file that the model lacks are an error.</param>
    /// <exception cref="RunException">Names, types or shapes differ; the message lists every difference.</exception>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public void Load(string path, bool strict = true)
    {
        ThrowIfDisposed();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Load(file, strict);
    }

    /// <summary>Reads the model's tensors from an open safetensors file, which is not needed after.</summary>
    /// <param name="file">The file.</param>
    /// <param name="strict">Whether tensors of the file that the model lacks are an error.</param>
    /// <exception cref="RunException">Names, types or shapes differ; the message lists every difference.</exception>
    public void Load(SafetensorsFile file, bool strict = true)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(file);
        RequireNoRun("loaded");
        StateLoader.Check(file.Path, file, entries.Values.Select(entry => entry.Declaration), strict);
        Fetch();
        foreach (Entry entry in entries.Values)
        {
            if (entry.Declaration.Kind.Row().InCheckpoint
                && file.TryGet(entry.Declaration.Name, out SafetensorsEntry? found))
            {
                byte* source = file.GetPointer(entry.Declaration.Name);
                System.Buffer.MemoryCopy(source, entry.Memory.Pointer, entry.Memory.Bytes, found.ByteLength);
            }
        }

        Clear();
        Version++;
    }

    /// <summary>Writes parameters and buffers to a safetensors file, atomically: a failure leaves the previous file
    /// whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="all">Whether it is a checkpoint, with optimizer and random state too, so that training can go
    /// on.</param>
    /// <exception cref="SaveException">The file cannot be written.</exception>
    public void Save(string path, bool all = false)
    {
        ThrowIfDisposed();
        Fetch();
        var tensors = entries.Values.Where(entry => Belongs(entry.Declaration.Kind.Row(), all)).Select(entry =>
            new SafetensorsTensor(entry.Declaration.Name, entry.Declaration.Type, entry.Declaration.Shape, stream =>
            {
                for (long done = 0; done < entry.Memory.Bytes;)
                {
                    int step = (int)Math.Min(entry.Memory.Bytes - done, 1 << 20);
                    stream.Write(new ReadOnlySpan<byte>(entry.Memory.Pointer + done, step));
                    done += step;
                }
            }));
        SafetensorsWriter.Write(path, tensors);
    }

    private static bool Belongs(StateKindRow kind, bool toCheckpoint) =>
        toCheckpoint ? kind.InCheckpoint : kind.InModel;
}
