namespace Sinter.Runtime.Programs;

/// <summary>
/// One run with its inputs and outputs by position: what generated classes are made of. No other thread can use the
/// context between its start and its end.
/// </summary>
public readonly ref struct TypedRun
{
    private readonly ProgramContext context;

    internal TypedRun(ProgramContext context) => this.context = context;

    /// <summary>Sets the symbolic dimension at a position of <see cref="ProgramTable.Symbols"/>.</summary>
    /// <exception cref="RunException">The value is outside the symbol's range.</exception>
    public void SetSymbol(int position, long value) => context.ChangeSymbol(position, value);

    /// <summary>Copies values in.</summary>
    /// <exception cref="RunException">There are more or fewer than the input has, or of another type.</exception>
    public void Fill<T>(int input, ReadOnlySpan<T> values)
        where T : unmanaged => values.CopyTo(context.Checked<T>(context.Program.Table.Inputs[input], values.Length));

    /// <summary>Checks that an output will fit, before anything runs; not where the run computes its length.</summary>
    /// <exception cref="RunException">The output has another number of elements, or another type.</exception>
    public void Expect<T>(int output, Span<T> values)
        where T : unmanaged => context.Expect(context.Program.Table.Outputs[output], values);

    /// <summary>Runs the program.</summary>
    /// <exception cref="RunException">An index from data was out of range.</exception>
    /// <exception cref="ObjectDisposedException">The state is disposed.</exception>
    public void Execute() => context.RunLaunches();

    /// <summary>Copies an output out; one whose length the run has computed, to the beginning.</summary>
    /// <exception cref="RunException">There is no room for it.</exception>
    public void Take<T>(int output, Span<T> values)
        where T : unmanaged => context.Take(context.Program.Table.Outputs[output], values);

    /// <summary>A copy of an output.</summary>
    /// <exception cref="RunException">It is of another type.</exception>
    public T[] Take<T>(int output)
        where T : unmanaged => context.Copy<T>(context.Program.Table.Outputs[output]);

    /// <summary>Lets other threads use the context again.</summary>
    public void Dispose() => context.Leave();
}
