using System.Runtime.CompilerServices;

namespace Sinter.Testing;

/// <summary>
/// Compares text with a reviewed file beside the test, <c>TestFile.Method.verified.txt</c>. On a difference the new
/// text is
/// written next to it as <c>.received.txt</c>; to accept it, rename that file.
/// </summary>
public static class Golden
{
    public static void Verify(string received, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        string stem = Path.Combine(Path.GetDirectoryName(file)!, Path.GetFileNameWithoutExtension(file) + "." + method);
        string verified = File.Exists(stem + ".verified.txt") ? File.ReadAllText(stem + ".verified.txt") : "";
        if (verified.Replace("\r\n", "\n") == received)
        {
            File.Delete(stem + ".received.txt");
            return;
        }

        File.WriteAllText(stem + ".received.txt", received);
        Assert.Equal(verified, received);
        Assert.Fail($"{Path.GetFileName(stem)}.verified.txt is missing");
    }
}
