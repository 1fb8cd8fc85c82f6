using System.Runtime.InteropServices;

namespace Sinter.Runtime.Training;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a request to stop after the current step, so that a run can save its state. A second
/// signal ends the process at once. Listens until disposed.
/// </summary>
public sealed class GracefulStop : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TextWriter _messages;
    private readonly PosixSignalRegistration _termination;

    // Signals arrive on threads of their own and may race with each other: only the first one may count as the first.
    private int _requests;

    /// <summary>Starts to listen.</summary>
    /// <param name="messages">Where the user is told what happens; the console's error stream when null.</param>
    public GracefulStop(TextWriter? messages = null)
    {
        _messages = messages ?? Console.Error;
        Token = _source.Token;
        Console.CancelKeyPress += OnCancelKey;
        _termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTermination);
    }

    /// <summary>Cancelled by the first request; stays readable after disposal.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether a stop was requested.</summary>
    public bool IsRequested => Token.IsCancellationRequested;

    /// <summary>Requests the stop from the program itself, as the first Ctrl-C would.</summary>
    /// <returns>True for the first request; false when a stop was requested before, and nothing more is done.</returns>
    public bool Request() => Request("Stopping after the current step.");

    /// <summary>Stops listening: signals end the process again, as they do by default.</summary>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKey;
        _termination.Dispose();
        _source.Dispose();
    }

    private void OnCancelKey(object? sender, ConsoleCancelEventArgs arguments)
    {
        // Not cancelling the event lets the system end the process.
        arguments.Cancel = Request("Stopping after the current step; press Ctrl-C again to exit at once.");
        if (!arguments.Cancel)
            Say("Exiting at once.");
    }

    private void OnTermination(PosixSignalContext context)
    {
        context.Cancel = Request("Asked to terminate: stopping after the current step; a second signal exits at once.");
        if (!context.Cancel)
            Say("Exiting at once.");
    }

    private bool Request(string message)
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return false;
        Say(message);
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The signal came while the run was ending: there is nothing left to stop.
        }

        return true;
    }

    private void Say(string message)
    {
        try
        {
            // The line in progress may hold a progress bar: begin a new one.
            _messages.WriteLine();
            _messages.WriteLine(message);
            _messages.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A closed terminal must not keep the run from stopping.
        }
    }
}
