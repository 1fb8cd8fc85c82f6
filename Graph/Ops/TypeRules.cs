namespace Sinter;

/// <summary>Element-type rules of elementwise operations. Operands already have the result's shape; the table refers
/// to these by name.</summary>
internal static class TypeRules
{
    public static TensorType Any(IReadOnlyList<Node> inputs, Attributes attributes) => Same(inputs);

    public static TensorType Numeric(IReadOnlyList<Node> inputs, Attributes attributes) =>
        Want(Same(inputs), type => type != DType.Bool, "numbers");

    public static TensorType Float(IReadOnlyList<Node> inputs, Attributes attributes) =>
        Want(Same(inputs), type => type.IsFloat(), "floating-point numbers");

    public static TensorType Integer(IReadOnlyList<Node> inputs, Attributes attributes) =>
        Want(Same(inputs), type => type.IsInteger(), "integers");

    public static TensorType Bits(IReadOnlyList<Node> inputs, Attributes attributes) =>
        Want(Same(inputs), type => !type.IsFloat(), "integers or bool");

    public static TensorType Comparison(IReadOnlyList<Node> inputs, Attributes attributes) =>
        Same(inputs) with { Type = DType.Bool };

    public static TensorType Cast(IReadOnlyList<Node> inputs, Attributes attributes) =>
        inputs[0].Type with { Type = ((CastAttributes)attributes).Type };

    public static TensorType Index(IReadOnlyList<Node> inputs, Attributes attributes) =>
        Want(Same(inputs), type => type is DType.I32 or DType.I64, "i32 or i64");

    public static TensorType RandomBits(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        if (inputs[0].Type is not { Type: DType.I64, Shape: { Rank: 1 } shape } || shape[0] != 2)
        {
            throw new GraphException("the key is (seed, step) of type i64[2]");
        }

        return new TensorType(DType.U32, ((RandomAttributes)attributes).Shape);
    }

    public static TensorType Where(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        if (inputs[0].DType != DType.Bool)
        {
            throw new GraphException($"the condition is {inputs[0].DType.Name()}, not bool");
        }

        if (!inputs[0].Shape.Equals(inputs[1].Shape))
        {
            throw new GraphException("condition and values have different shapes");
        }

        return Same([inputs[1], inputs[2]]);
    }

    private static TensorType Same(IReadOnlyList<Node> inputs)
    {
        TensorType first = inputs[0].Type;
        for (int i = 1; i < inputs.Count; i++)
        {
            TensorType type = inputs[i].Type;
            if (type.Type != first.Type)
            {
                throw new GraphException($"operands have the types {first.Type.Name()} and {type.Type.Name()}");
            }

            if (!type.Shape.Equals(first.Shape))
            {
                throw new GraphException($"operands have the shapes {first.Shape} and {type.Shape}");
            }
        }

        return first;
    }

    private static TensorType Want(TensorType type, Func<DType, bool> accepts, string what) =>
        accepts(type.Type) ? type : throw new GraphException($"wants {what}, got {type.Type.Name()}");
}
