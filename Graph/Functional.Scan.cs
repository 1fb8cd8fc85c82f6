namespace Sinter;

/// <content>Loops: the usual forms of <see cref="ScanBuilder"/> as calls with a lambda.</content>
public static partial class Functional
{
    /// <summary>A loop over the slices of a sequence that carries one value: JAX's <c>lax.scan</c>.</summary>
    /// <param name="initial">What the first iteration finds, of any shape.</param>
    /// <param name="inputs">The sequence: (length, …).</param>
    /// <param name="body">From the carried value and a slice (…) to the next carried value, of the same shape, and an
    /// output of any shape. It is called once; what it reads of its surroundings becomes an operand.</param>
    /// <param name="reversed">Whether the last slice comes first; outputs lie where their slices do.</param>
    /// <returns>The carried value after the last iteration, and all outputs: (length, …).</returns>
    /// <exception cref="GraphException">The carried value changes its shape, or a value of the body is used outside of
    /// it.</exception>
    /// <example>
    /// <code>
    /// // x: (steps, batch, features), h: (batch, hidden)
    /// var (last, all) = Functional.Scan(h, x, (h, x) =>
    /// {
    ///     Tensor&lt;F32&gt; next = (x.MatMul(input) + h.MatMul(recurrent) + bias).Tanh();
    ///     return (next, next);
    /// });
    /// </code>
    /// </example>
    public static (Tensor<TCarried> Last, Tensor<TOutput> Outputs) Scan<TCarried, TInput, TOutput>(
        Tensor<TCarried> initial, Tensor<TInput> inputs,
        Func<Tensor<TCarried>, Tensor<TInput>, (Tensor<TCarried> Next, Tensor<TOutput> Output)> body,
        bool reversed = false)
        where TCarried : struct, IElement
        where TInput : struct, IElement
        where TOutput : struct, IElement
    {
        ScanBuilder scan = Over(inputs, reversed);
        Tensor<TCarried> value = scan.Carry(initial);
        var (next, output) = body(value, scan.Slice(inputs));
        scan.Next(value, next);
        Stacked<TOutput> outputs = scan.Stack(output);
        return (scan.Last(value), outputs.Values);
    }

    /// <summary>A loop over the slices of a sequence that carries two values, such as the states of an LSTM.</summary>
    /// <inheritdoc cref="Scan{TCarried, TInput, TOutput}"/>
    public static ((Tensor<TFirst> First, Tensor<TSecond> Second) Last, Tensor<TOutput> Outputs)
        Scan<TFirst, TSecond, TInput, TOutput>(
        (Tensor<TFirst> First, Tensor<TSecond> Second) initial, Tensor<TInput> inputs,
        Func<(Tensor<TFirst> First, Tensor<TSecond> Second), Tensor<TInput>,
            ((Tensor<TFirst> First, Tensor<TSecond> Second) Next, Tensor<TOutput> Output)> body,
        bool reversed = false)
        where TFirst : struct, IElement
        where TSecond : struct, IElement
        where TInput : struct, IElement
        where TOutput : struct, IElement
    {
        ScanBuilder scan = Over(inputs, reversed);
        Tensor<TFirst> first = scan.Carry(initial.First);
        Tensor<TSecond> second = scan.Carry(initial.Second);
        var (next, output) = body((first, second), scan.Slice(inputs));
        scan.Next(first, next.First);
        scan.Next(second, next.Second);
        Stacked<TOutput> outputs = scan.Stack(output);
        return ((scan.Last(first), scan.Last(second)), outputs.Values);
    }

    /// <summary>A loop over the slices of two sequences that carries one value, such as inputs and a mask.</summary>
    /// <inheritdoc cref="Scan{TCarried, TInput, TOutput}"/>
    public static (Tensor<TCarried> Last, Tensor<TOutput> Outputs) Scan<TCarried, TInput, TOther, TOutput>(
        Tensor<TCarried> initial, (Tensor<TInput> First, Tensor<TOther> Second) inputs,
        Func<Tensor<TCarried>, (Tensor<TInput> First, Tensor<TOther> Second),
            (Tensor<TCarried> Next, Tensor<TOutput> Output)> body,
        bool reversed = false)
        where TCarried : struct, IElement
        where TInput : struct, IElement
        where TOther : struct, IElement
        where TOutput : struct, IElement
    {
        ScanBuilder scan = Over(inputs.First, reversed);
        Tensor<TCarried> value = scan.Carry(initial);
        var (next, output) = body(value, (scan.Slice(inputs.First), scan.Slice(inputs.Second)));
        scan.Next(value, next);
        Stacked<TOutput> outputs = scan.Stack(output);
        return (scan.Last(value), outputs.Values);
    }

    private static ScanBuilder Over<T>(Tensor<T> inputs, bool reversed)
        where T : struct, IElement => inputs.Given().Rank > 0
            ? new ScanBuilder(inputs.Shape[0], reversed)
            : throw new GraphException($"a loop needs a sequence to step along, not {inputs.Node.Type}");
}
