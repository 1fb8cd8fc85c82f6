namespace Sinter;

/// <summary>
/// Settings of <see cref="Op.Scan"/>. Its operands are the first carried values, then the sequences, then whatever else
/// the body reads; the body's inputs are the carried values, one slice of each sequence along the first axis, and the
/// rest as it is. The body's outputs are the next carried values, then what is stacked along a new first axis.
/// </summary>
/// <param name="Length">How many times the body runs; the first extent of every sequence.</param>
/// <param name="Carried">How many values are carried.</param>
/// <param name="Sequences">How many operands are sequences.</param>
/// <param name="IsReversed">Whether the body sees the last slice first; stacked outputs lie where their slices
/// do.</param>
/// <param name="Body">What is done for each slice.</param>
public sealed record ScanAttributes(
    Dimension Length, int Carried, int Sequences, bool IsReversed, Body Body) : BodyAttributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields =>
    [
        ("length", new Shape(Length)), ("carried", Carried), ("sequences", Sequences),
        ("reversed", IsReversed ? 1 : 0), ("body", Body),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Dimension> Sizes => [Length];

    /// <inheritdoc/>
    public override IReadOnlyList<Body> Bodies => [Body];

    /// <inheritdoc/>
    public override int Results => Body.Graph.Outputs.Count;

    /// <inheritdoc/>
    public override BodyAttributes With(IReadOnlyList<Body> bodies) => this with { Body = bodies[0] };

    /// <summary>The body's outputs that are stacked.</summary>
    public int Stacked => Body.Graph.Outputs.Count - Carried;

    /// <summary>The type of a result: a carried value after the last iteration, or what is stacked.</summary>
    public override TensorType Result(int index)
    {
        TensorType type = Body.Graph.Outputs[index].Node.Type;
        return index < Carried ? type : Stack(type, Length);
    }

    /// <summary>The type of so many values along a new first axis.</summary>
    public static TensorType Stack(TensorType type, Dimension length) =>
        type with { Shape = new Shape(length).Concat(type.Shape) };

    /// <summary>The shape rule: operands fit the body, and what is carried keeps its type.</summary>
    internal static TensorType Infer(IReadOnlyList<Node> operands, Attributes attributes)
    {
        var scan = (ScanAttributes)attributes;
        Graph body = scan.Body.Graph;
        if (scan.Carried < 0 || scan.Sequences < 0 || scan.Carried + scan.Sequences > operands.Count
            || body.Inputs.Count != operands.Count || body.Outputs.Count < Math.Max(scan.Carried, 1))
        {
            string given = FormattableString.Invariant(
                $"{operands.Count} operands, {scan.Carried} of them carried and {scan.Sequences} sequences");
            throw new GraphException(given + FormattableString.Invariant(
                $", do not fit a body of {body.Inputs.Count} inputs and {body.Outputs.Count} outputs"));
        }

        if (scan.Length.Min < 0)
        {
            throw new GraphException($"a length of {scan.Length}");
        }

        for (int i = 0; i < operands.Count; i++)
        {
            bool isSequence = i >= scan.Carried && i < scan.Carried + scan.Sequences;
            TensorType input = body.Inputs[i].Type;
            TensorType wanted = isSequence ? Stack(input, scan.Length) : input;
            if (operands[i].Type != wanted)
            {
                throw new GraphException(
                    FormattableString.Invariant($"operand {i} is {operands[i].Type}, the body wants {wanted}"));
            }

            if (i < scan.Carried && body.Outputs[i].Node.Type != input)
            {
                throw new GraphException(FormattableString.Invariant(
                    $"carried value {i} begins as {input} and becomes {body.Outputs[i].Node.Type}"));
            }
        }

        return new TensorType(DType.Bool, Shape.Scalar);
    }
}

/// <summary>Settings of <see cref="Op.Result"/>.</summary>
/// <param name="Index">Which of the operand's results.</param>
public sealed record ResultAttributes(int Index) : Attributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("index", Index)];

    /// <summary>The shape rule.</summary>
    internal static TensorType Infer(IReadOnlyList<Node> operands, Attributes attributes)
    {
        int index = ((ResultAttributes)attributes).Index;
        if (operands[0].Attributes is not BodyAttributes bodies)
        {
            throw new GraphException("only an operation with a body has results to choose from");
        }

        return index >= 0 && index < bodies.Results
            ? bodies.Result(index)
            : throw new GraphException(FormattableString.Invariant(
                $"there is no result {index} among {bodies.Results}"));
    }
}
