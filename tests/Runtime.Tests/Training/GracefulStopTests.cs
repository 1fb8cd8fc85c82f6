using Sinter.Runtime.Training;

namespace Sinter.Runtime.Tests.Training;

public class GracefulStopTests
{
    [Fact]
    public void TheFirstRequestCancelsAndSaysSo()
    {
        var text = new StringWriter { NewLine = "\n" };
        using var stop = new GracefulStop(text);
        Assert.False(stop.IsRequested);

        Assert.True(stop.Request());
        Assert.True(stop.IsRequested);
        Assert.True(stop.Token.IsCancellationRequested);
        Assert.Equal("\nStopping after the current step.\n", text.ToString());

        Assert.False(stop.Request());
        Assert.Equal("\nStopping after the current step.\n", text.ToString());
    }

    [Fact]
    public void TheTokenOutlivesTheListener()
    {
        var stop = new GracefulStop(TextWriter.Null);
        stop.Dispose();
        Assert.False(stop.IsRequested);
        Assert.False(stop.Token.IsCancellationRequested);
        Assert.True(stop.Request());
    }

    [Fact]
    public void AClosedConsoleDoesNotKeepTheRunFromStopping()
    {
        var text = new StringWriter();
        text.Dispose();
        using var stop = new GracefulStop(text);
        Assert.True(stop.Request());
        Assert.True(stop.IsRequested);
    }
}
