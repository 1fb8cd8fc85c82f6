using System.Runtime.Versioning;
using System.Security.Cryptography;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Tests.Jit;

public sealed class KernelCacheTests : IDisposable
{
    private static readonly string Key = KernelCache.Key("graph", "target", "version");
    private static readonly byte[] Assembly = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    private readonly TemporaryFolder folder = new();
    private readonly string directory;
    private readonly KernelCache cache;

    public KernelCacheTests()
    {
        directory = folder.File("kernels");
        cache = new KernelCache(directory);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_added_is_found_and_nothing_else()
    {
        Assert.Null(cache.Find(Key));
        Assert.False(Directory.Exists(directory));
        Assert.Null(cache.Add(Key, Assembly));
        Assert.Equal(Assembly, cache.Find(Key));
        Assert.Null(cache.Find(KernelCache.Key("graph", "target", "version 2")));
        Assert.Equal([Key + ".dll"], Names());
    }

    [Fact]
    public void Keys_tell_parts_apart()
    {
        string[] keys = [KernelCache.Key("ab", "c"), KernelCache.Key("a", "bc"), KernelCache.Key("abc"),
            KernelCache.Key("abc", ""), KernelCache.Key("", "abc")];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void A_damaged_or_foreign_entry_is_a_miss_and_is_replaced()
    {
        cache.Add(Key, Assembly);
        string path = Path.Combine(directory, Key + ".dll");
        byte[] whole = File.ReadAllBytes(path);
        byte[] flipped = [.. whole];
        flipped[^1] ^= 1;
        byte[] wrongHeader = [.. whole];
        wrongHeader[0] ^= 1;
        string other = KernelCache.Key("another graph");
        cache.Add(other, Assembly);
        byte[] foreign = File.ReadAllBytes(Path.Combine(directory, other + ".dll"));
        byte[] hashOnly = SHA256.HashData([]);
        byte[] random = new byte[whole.Length];
        new Random(1).NextBytes(random);
        byte[][] damaged =
            [[], [1], whole[..31], whole[..32], whole[..33], whole[..^1], [.. whole, 0], flipped, wrongHeader, foreign,
            hashOnly, random];
        foreach (byte[] bytes in damaged)
        {
            File.WriteAllBytes(path, bytes);
            Assert.Null(cache.Find(Key));
            Assert.Null(cache.Add(Key, Assembly));
            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void An_entry_that_cannot_be_replaced_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(Path.Combine(directory, Key + ".dll"));
        Assert.Null(cache.Find(Key));
        Assert.NotNull(cache.Add(Key, Assembly));
        Assert.Equal([Key + ".dll"], Names());
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void The_folder_is_the_users_only()
    {
        cache.Add(Key, Assembly);
        const UnixFileMode User = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(User, File.GetUnixFileMode(directory));
        foreach (UnixFileMode others in new[] { UnixFileMode.GroupWrite, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(directory, User | others);
            Assert.Null(cache.Find(Key));
            Assert.Equal($"others can write {directory}", cache.Add(Key, Assembly));
        }

        File.SetUnixFileMode(directory, User | UnixFileMode.GroupRead);
        Assert.NotNull(cache.Find(Key));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_and_so_is_none()
    {
        string file = folder.File("file", []);
        string[] places = OperatingSystem.IsLinux() ? [Path.Combine(file, "x"), "/proc/x", file] : [file];
        foreach (string place in places)
        {
            var nowhere = new KernelCache(place);
            Assert.Null(nowhere.Find(Key));
            Assert.NotNull(nowhere.Add(Key, Assembly));
        }

        foreach (string? none in new[] { null, "" })
        {
            Assert.Null(new KernelCache(none).Find(Key));
            Assert.Equal("there is no folder for it", new KernelCache(none).Add(Key, Assembly));
        }
    }

    [Fact]
    public void Many_writers_and_readers_at_once_see_whole_entries()
    {
        string[] keys = [.. Enumerable.Range(0, 3).Select(i => KernelCache.Key($"{i}"))];
        int damaged = 0;
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            // Each has an object of its own, as each process has.
            var own = new KernelCache(directory);
            string key = keys[i % keys.Length];
            bool problem = own.Add(key, Assembly) is not null;
            bool whole = own.Find(key) is { } found && found.AsSpan().SequenceEqual(Assembly);
            Interlocked.Add(ref damaged, problem || !whole ? 1 : 0);
        });
        Assert.Equal(0, damaged);
        Assert.Equal(keys.Select(key => key + ".dll").Order(StringComparer.Ordinal), Names());
    }

    [Fact]
    public void Beyond_its_limit_the_least_recently_used_entries_go()
    {
        // Each entry takes 1,032 bytes: three fit.
        var small = new KernelCache(directory, limit: 3_500);
        string[] keys = [.. Enumerable.Range(0, 5).Select(i => KernelCache.Key($"{i}"))];
        for (int i = 0; i < 3; i++)
        {
            small.Add(keys[i], Assembly);
            Age(keys[i] + ".dll", minutes: 10 - i);
        }

        // Of use now, so that the second is the oldest.
        Assert.NotNull(small.Find(keys[0]));
        small.Add(keys[3], Assembly);
        Assert.Equal([true, false, true, true, false], keys.Select(key => small.Find(key) is not null));
        Age(keys[2] + ".dll", minutes: 10);
        small.Add(keys[4], Assembly);
        Assert.Equal([true, false, false, true, true], keys.Select(key => small.Find(key) is not null));
    }

    [Fact]
    public void An_entry_larger_than_the_limit_is_alone_until_the_next_one()
    {
        var tiny = new KernelCache(directory, limit: 10);
        tiny.Add(Key, Assembly);
        Assert.NotNull(tiny.Find(Key));
        string next = KernelCache.Key("next");
        tiny.Add(next, Assembly);
        Assert.Equal([next + ".dll"], Names());
    }

    [Fact]
    public void What_dead_processes_left_goes_and_what_is_not_ours_stays()
    {
        Directory.CreateDirectory(Path.Combine(directory, "folder"));
        string abandoned = Key + "." + new string('0', 32);
        string fresh = Key + "." + new string('1', 32);
        string[] strangers = [
            "notes.txt", "Some.Library.dll", Key + ".pdb", Key[1..] + ".dll", "z" + Key[1..] + ".dll"];
        foreach (string name in strangers.Append(abandoned).Append(fresh))
        {
            folder.File(Path.Combine("kernels", name), new byte[10_000]);
            Age(name, name == fresh ? 1 : 100_000);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.Null(new KernelCache(directory, limit: 5_000).Add(Key, Assembly));
        string[] left = [Key + ".dll", fresh, .. strangers];
        Assert.Equal(left.Append("folder").Order(StringComparer.Ordinal), Names());
    }

    private void Age(string name, int minutes) =>
        File.SetLastWriteTimeUtc(Path.Combine(directory, name), DateTime.UtcNow.AddMinutes(-minutes));

    private IEnumerable<string?> Names() =>
        Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
