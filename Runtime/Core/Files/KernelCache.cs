using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Sinter.Runtime.Files;

/// <summary>
/// Compiled code on disk, under the hash of everything it depends on: assemblies of the C# target, images of the CUDA
/// target. A damaged, foreign or unreadable entry is a
/// miss; a folder that others can write is not used at all. Beyond a total size the least recently used entries are
/// removed.
/// </summary>
/// <param name="directory">The folder; null or empty keeps nothing.</param>
/// <param name="limit">The most bytes that entries take together.</param>
/// <param name="extension">What entries are called: each kind is counted, and removed, by itself.</param>
internal sealed class KernelCache(
    string? directory, long limit = KernelCache.DefaultLimit, string extension = KernelCache.Assemblies)
{
    /// <summary>The extension of compiled C# programs.</summary>
    public const string Assemblies = ".dll";

    /// <summary>The extension of compiled CUDA modules.</summary>
    public const string Cubins = ".cubin";

    /// <summary>Room for about two thousand programs the size of LeNet-5's training step.</summary>
    public const long DefaultLimit = 256L << 20;

    private const int HashBytes = 32;
    private const int KeyLength = 2 * HashBytes;

    // A temporary file this old was left by a process that died.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>The folder used by default, in the user's cache folder.</summary>
    public static string? DefaultDirectory
    {
        get
        {
            string? chosen = Environment.GetEnvironmentVariable("SINTER_CACHE");
            if (chosen is not null)
            {
                return chosen.Length == 0 ? null : chosen;
            }

            string root = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return root.Length == 0 ? null : Path.Combine(root, "sinter", "kernels");
        }
    }

    /// <summary>The key of a compilation: a hash of its parts, each with its length.</summary>
    public static string Key(params string[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The number of entries and their bytes together; zeros where the folder cannot be read.</summary>
    public (int Entries, long Bytes) Measure()
    {
        try
        {
            if (!Directory.Exists(directory))
            {
                return default;
            }

            FileInfo[] entries = new DirectoryInfo(directory).GetFiles().Where(file => IsEntry(file.Name)).ToArray();
            return (entries.Length, entries.Sum(file => file.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The stored bytes, or null.</summary>
    public byte[]? Find(string key)
    {
        try
        {
            if (!IsSafe())
            {
                return null;
            }

            byte[] file = File.ReadAllBytes(PathOf(key));
            if (!IsWhole(key, file))
            {
                return null;
            }

            Renew(PathOf(key));
            return file[HashBytes..];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Stores compiled code; failing to is no error.</summary>
    /// <returns>Null, or why it is not stored.</returns>
    public string? Add(string key, byte[] code)
    {
        if (string.IsNullOrEmpty(directory))
        {
            return "there is no folder for it";
        }

        try
        {
            CreateDirectory(directory);
            if (!IsSafe())
            {
                return $"others can write {directory}";
            }

            Write(key, code);
            Prune(PathOf(key), HashBytes + code.Length);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written is only slower.
            return error.Message;
        }
    }

    private static bool IsWhole(string key, ReadOnlySpan<byte> file) =>
        file.Length > HashBytes && Checksum(key, file[HashBytes..]).AsSpan().SequenceEqual(file[..HashBytes]);

    // The key is part of the checksum: an entry under another one's name is as foreign as random bytes.
    private static byte[] Checksum(string key, ReadOnlySpan<byte> code)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(key));
        hash.AppendData(code);
        return hash.GetHashAndReset();
    }

    // Written beside and renamed, so that no other process ever sees half a file.
    private void Write(string key, byte[] code)
    {
        string temporary = Path.Combine(directory!, key + "." + Guid.NewGuid().ToString("N"));
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                stream.Write(Checksum(key, code));
                stream.Write(code);
            }

            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    // Times of writing say when an entry was last of use, as times of reading are not kept on many systems.
    private static void Renew(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written is not pruned either.
        }
    }

    private void Prune(string newest, long total)
    {
        newest = Path.GetFileName(newest);
        FileInfo[] others = new DirectoryInfo(directory!).GetFiles().Where(file => file.Name != newest).ToArray();
        foreach (FileInfo entry in others.Where(file => IsEntry(file.Name)).OrderByDescending(LastUse))
        {
            if (total + entry.Length > limit)
            {
                Remove(entry.FullName);
            }
            else
            {
                total += entry.Length;
            }
        }

        DateTime limitOfAge = DateTime.UtcNow - Abandoned;
        foreach (FileInfo left in others.Where(file => IsTemporary(file.Name) && LastUse(file) < limitOfAge))
        {
            Remove(left.FullName);
        }
    }

    private static DateTime LastUse(FileInfo file) => file.LastWriteTimeUtc;

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In use, where the system minds; a later run will find it again.
        }
    }

    // The folder may be one that the user keeps other files in.
    private bool IsEntry(string name) => name.Length == KeyLength + extension.Length
        && name.EndsWith(extension, StringComparison.Ordinal) && IsHex(name.AsSpan(0, KeyLength));

    private static bool IsTemporary(string name) => name.Length == KeyLength + 1 + 32
        && name[KeyLength] == '.' && IsHex(name.AsSpan(0, KeyLength)) && IsHex(name.AsSpan(KeyLength + 1));

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept("0123456789abcdef");

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // On Windows the user's profile folder is private by default.
    private bool IsSafe()
    {
        if (!Directory.Exists(directory))
        {
            return false;
        }

        return OperatingSystem.IsWindows() || IsOwn(directory);
    }

    // What is loaded from here runs: neither a folder that others may write will do, nor one that belongs to another
    // user. Only the owner may set a mode, even the one that the folder has.
    [UnsupportedOSPlatform("windows")]
    private static bool IsOwn(string directory)
    {
        UnixFileMode mode = File.GetUnixFileMode(directory);
        if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
        {
            return false;
        }

        try
        {
            File.SetUnixFileMode(directory, mode);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // A read-only file system: nobody can have put anything there since.
            return true;
        }
    }

    private string PathOf(string key) => Path.Combine(directory!, key + extension);
}
