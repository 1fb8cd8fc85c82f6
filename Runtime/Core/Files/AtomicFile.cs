namespace Sinter.Runtime.Files;

/// <summary>Replaces a file all at once: readers see the old bytes or the new ones, never a mixture.</summary>
public static class AtomicFile
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes a temporary file in the same folder, flushes it to the disk and renames it over
    /// <paramref name="path"/>.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="write">Writes the contents; it may throw.</param>
    /// <exception cref="SaveException">Anything failed: the previous file is whole, the temporary one
    /// removed.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, OpenTemporary);

    /// <summary>Finds out whether a file could be written now, for programs that would otherwise learn it after hours
    /// of work. The file itself is not touched.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="SaveException">The path is a folder, or no file can be created beside it.</exception>
    public static void CheckWritable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string temporary = "";
        try
        {
            temporary = TemporaryPath(path);
            if (Directory.Exists(path))
            {
                throw new IOException("the path is a folder");
            }
            OpenTemporary(temporary).Dispose();
        }
        catch (Exception exception)
        {
            throw new SaveException(path, exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>The same with the opening of the temporary file passed in, so that tests can fill the disk.</summary>
    internal static void Write(string path, Action<Stream> write, Func<string, FileStream> open)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string temporary = "";
        try
        {
            temporary = TemporaryPath(path);
            using (FileStream stream = open(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception)
        {
            Remove(temporary);
            throw new SaveException(path, exception);
        }
    }

    // The same folder, because a rename is atomic only within one file system.
    private static string TemporaryPath(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new IOException("the path names no file");
        return Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
    }

    private static FileStream OpenTemporary(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);

    private static void Remove(string temporary)
    {
        try
        {
            if (temporary.Length > 0)
            {
                File.Delete(temporary);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }
}
