using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Digits;

/// <summary>The compiled <see cref="LeNet5"/> with its weights, for one caller.</summary>
internal sealed class Model : IDisposable
{
    private readonly float[] images = new float[DigitReader.MaximumBatch * DigitReader.Pixels];
    private readonly float[] logits = new float[DigitReader.MaximumBatch * DigitReader.Classes];
    private readonly Stack<IDisposable> owned = [];
    private readonly LeNet5.Compiled compiled;

    /// <summary>Loads the weights, and opens the model where it is to run.</summary>
    /// <exception cref="FileNotFoundException">There are none.</exception>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    /// <exception cref="RunException">They are those of another model.</exception>
    public Model(Options options)
    {
        using SafetensorsFile file = DigitReader.OpenWeights(options.Weights);

        // A process that only measures its start has said it before.
        Action<string> report = options.Since is null ? Console.Error.WriteLine : _ => { };
        try
        {
            compiled = Devices.Open(options.Device, file, report, owned) ?? OnProcessor(file, options.Threads);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The pixels of the next run, each from 0 to 1.</summary>
    public Span<float> Images(int count) => images.AsSpan(0, count * DigitReader.Pixels);

    /// <summary>Computes the logits (count, 10) of the first images.</summary>
    public ReadOnlySpan<float> Run(int count)
    {
        Span<float> result = logits.AsSpan(0, count * DigitReader.Classes);
        compiled.Run(Images(count), result, count);
        return result;
    }

    /// <summary>Reads one image of 8 bits a pixel.</summary>
    public (int Digit, float Probability) Read(ReadOnlySpan<byte> image)
    {
        ImageDataset.Normalise(image, Images(1));
        return DigitReader.Judge(Run(1));
    }

    public void Dispose()
    {
        while (owned.TryPop(out IDisposable? resource))
        {
            resource.Dispose();
        }
    }

    private LeNet5.Compiled OnProcessor(SafetensorsFile weights, int threads)
    {
        var state = ModelState.FromFile(weights, LeNet5.Compiled.Program);
        owned.Push(state);
        var pool = new WorkerPool(threads);
        owned.Push(pool);
        var result = new LeNet5.Compiled(state, pool);
        owned.Push(result);
        return result;
    }
}
