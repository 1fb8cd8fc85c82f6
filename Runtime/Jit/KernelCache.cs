using System.Security.Cryptography;
using System.Text;

namespace Sinter.Jit;

/// <summary>
/// Compiled programs on disk, under the hash of everything they depend on. A damaged, foreign or unreadable entry is a miss;
/// a folder that others can write is not used at all.
/// </summary>
internal sealed class KernelCache(string? directory)
{
    private const int HashBytes = 32;

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

            string root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
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

    /// <summary>The stored assembly, or null.</summary>
    public byte[]? Find(string key)
    {
        if (!IsSafe())
        {
            return null;
        }

        try
        {
            byte[] file = File.ReadAllBytes(PathOf(key));
            ReadOnlySpan<byte> content = file.AsSpan(Math.Min(HashBytes, file.Length));
            return SHA256.HashData(content).AsSpan().SequenceEqual(file.AsSpan(0, Math.Min(HashBytes, file.Length)))
                ? content.ToArray()
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Stores an assembly; failing to is no error.</summary>
    public void Add(string key, byte[] assembly)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            CreateDirectory(directory);
            if (!IsSafe())
            {
                return;
            }

            // Written beside and renamed, so that no other process ever sees half a file.
            string temporary = Path.Combine(directory, key + "." + Guid.NewGuid().ToString("N"));
            using (FileStream stream = File.Create(temporary))
            {
                stream.Write(SHA256.HashData(assembly));
                stream.Write(assembly);
            }

            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written is only slower.
        }
    }

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
        if (directory is null || !Directory.Exists(directory))
        {
            return false;
        }

        return OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(directory) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;
    }

    private string PathOf(string key) => Path.Combine(directory!, key + ".dll");
}
