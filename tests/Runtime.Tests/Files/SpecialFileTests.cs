using System.Diagnostics;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Files;

/// <summary>What a path may lead to beside a file: pipes, devices, folders, links.</summary>
public sealed class SpecialFileTests : IDisposable
{
    // Only met where a reader waits for somebody to write to the pipe.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [UnixFact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        string path = folder.File("pipe");
        using Process make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        Refused(path);
        using var state = new ModelState(0);
        Assert.Throws<ModelFormatException>(() => state.Load(path));
    }

    [UnixFact]
    public void A_device_is_refused_also_behind_a_link()
    {
        string link = folder.File("link");
        File.CreateSymbolicLink(link, "/dev/zero");
        string self = folder.File("self");
        File.CreateSymbolicLink(self, self);
        Refused("/dev/zero");
        Refused("/dev/null");
        Refused(link);
        Assert.ThrowsAny<IOException>(() => SafetensorsFile.Open(self));
        Assert.ThrowsAny<IOException>(() => IdxFile.ReadBytes(self));
    }

    [Fact]
    public void A_folder_is_an_error_of_the_system()
    {
        Assert.Throws<UnauthorizedAccessException>(() => SafetensorsFile.Open(folder.Path));
        Assert.Throws<UnauthorizedAccessException>(() => IdxFile.ReadBytes(folder.Path));
    }

    private static void Refused(string path)
    {
        Task all = Task.Run(() =>
        {
            Assert.Equal(path, Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path)).File);
            Assert.Equal(path, Assert.Throws<ModelFormatException>(() => IdxFile.ReadBytes(path)).File);
        });
        Assert.True(all.Wait(Patience), $"still reading {path}");
    }
}
