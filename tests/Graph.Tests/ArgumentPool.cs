using Sinter.Modules;

namespace Sinter.Tests;

/// <summary>Arguments, half of them ordinary and half at their limits, all tensors of one graph.</summary>
internal sealed class ArgumentPool(Random random)
{
    private static readonly long[] Limits =
        [0, 1, -1, 2, 3, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 32, 1L << 61, -2, 4, 7];

    private static readonly double[] Numbers =
        [0, -0.0, 1, -1, 0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308, -1e308, 3e9, 300];

    private static readonly string?[] Names =
        ["x", "a.b", "", null, "/", "\0", "line\nbreak", new string('n', 100_000), "..", "\ud800", "é"];

    private static readonly Dimension[][] Shapes =
    [
        [], [1], [3], [0], [2, 3], [4, 4], [0, 3], [2, 0], [1, 2, 3], [2, 4, 5, 5], [0, 2, 4, 4], [2, 0, 4, 4],
        [Symbol.Create("N", 0, 8), 3], [Symbol.Create("N", 0, 8) + 1, 3], [2, 4, Symbol.Create("H", 1, 9) / 2, 5],
        [Symbol.Create("N", 1, 4), Symbol.Create("M", 1, 4)], [1L << 58], [1L << 30, 4],
    ];

    private static readonly Dimension[] Sizes =
    [
        Symbol.Create("N", 0, 8), Symbol.Create("N", 0, 8) - 3, Symbol.Create("N", 0, 8) / 2,
        Dimension.Minimum(Symbol.Create("N", 0, 8), 4), Symbol.Create("L", 0, long.MaxValue) * 2,
        Symbol.Create("N", 0, 8) * Symbol.Create("M", 1, 4),
    ];

    private const int NullOneIn = 20;

    private readonly GraphBuilder graph = new(random.Next(2) == 0, captureSource: false);
    private int inputs;

    /// <summary>Whether there are arguments of a type.</summary>
    public static bool Knows(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        Type item = bare.IsArray ? bare.GetElementType()! : bare;
        return item.IsGenericParameter || item.IsEnum || IsTensor(item) || item == typeof(Dimension)
            || typeof(Layer).IsAssignableFrom(item) || Plain.Contains(item);
    }

    private static readonly Type[] Plain =
    [
        typeof(int), typeof(long), typeof(double), typeof(bool), typeof(string), typeof(Shape), typeof(Symbol),
        typeof(Size2d), typeof(Padding2d), typeof(Initializer), typeof(TensorType), typeof(Node), typeof(GraphBuilder),
        typeof(IReadOnlyList<double>), typeof(Parameter), typeof(IEnumerable<Dimension>),
    ];

    /// <summary>An argument of a type; now and then null, whatever it says.</summary>
    public object? MakeOrNull(Type type) => !type.IsValueType && random.Next(NullOneIn) == 0 ? null : Make(type);

    /// <summary>An argument of a type.</summary>
    public object? Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return random.Next(2) == 0 ? null : Make(value);
        }

        return type.IsArray ? MakeArray(type.GetElementType()!) : IsTensor(type) ? MakeTensor(type) : MakePlain(type);
    }

    private static bool IsTensor(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Tensor<>);

    private Array MakeArray(Type item)
    {
        var array = Array.CreateInstance(item, random.Next(5));
        for (int i = 0; i < array.Length; i++)
        {
            array.SetValue(MakeOrNull(item), i);
        }

        return array;
    }

    private object MakeTensor(Type type)
    {
        var element = (IElement)Activator.CreateInstance(type.GetGenericArguments()[0])!;
        var tensorType = new TensorType(element.Type, new Shape(Shapes[random.Next(Shapes.Length)]));
        bool isFree = random.Next(6) == 0;
        Node node = isFree
            ? Constants.Splat(element.Type, tensorType.Shape, random.Next(2))
            : graph.Input(FormattableString.Invariant($"x{inputs++}"), tensorType);
        return Activator.CreateInstance(type, node)!;
    }

    private long Integer() => random.Next(2) == 0 ? random.Next(-2, 4) : Limits[random.Next(Limits.Length)];

    private object? MakePlain(Type type) => type switch
    {
        _ when type.IsEnum => Enum.ToObject(type, random.Next(-1, 12)),
        _ when type == typeof(int) => (int)Math.Clamp(Integer(), int.MinValue, int.MaxValue),
        _ when type == typeof(long) => Integer(),
        _ when type == typeof(double) => Numbers[random.Next(Numbers.Length)],
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(string) => Names[random.Next(Names.Length)],
        _ when type == typeof(Dimension) => random.Next(3) == 0
            ? Sizes[random.Next(Sizes.Length)] : (Dimension)Integer(),
        _ when type == typeof(Shape) => new Shape(Shapes[random.Next(Shapes.Length)]),
        _ when type == typeof(IEnumerable<Dimension>) => Make(typeof(Dimension[])),
        _ when type == typeof(Symbol) => Symbol.Create("N", 0, random.Next(4)),
        _ when type == typeof(Size2d) => new Size2d((int)Make(typeof(int))!, (int)Make(typeof(int))!),
        _ when type == typeof(Padding2d) => random.Next(4) == 0
            ? Padding2d.Same : (Padding2d)(Size2d)Make(typeof(Size2d))!,
        _ when type == typeof(Initializer) => Initializer.Constant(Numbers[random.Next(Numbers.Length)]),
        _ when type == typeof(TensorType) => new TensorType(DType.F32, new Shape(Shapes[random.Next(Shapes.Length)])),
        _ when type == typeof(Node) => ((Tensor<F32>)MakeTensor(typeof(Tensor<F32>))).Node,
        _ when type == typeof(GraphBuilder) => graph,
        _ when type == typeof(Parameter) =>
            new Parameter("p", new TensorType(DType.F32, Shape.Scalar), Initializer.Ones),
        _ when type == typeof(IReadOnlyList<double>) => Make(typeof(double[])),
        _ when typeof(Layer).IsAssignableFrom(type) => MakeLayer(type),
        _ when typeof(Optimizers.Optimizer).IsAssignableFrom(type) => MakeOptimizer(type),
        _ => throw new ArgumentException($"there is no argument of type {type}"),
    };

    private static Optimizers.Optimizer MakeOptimizer(Type type) =>
        type == typeof(Optimizers.Sgd) ? new Optimizers.Sgd(0.1)
        : type == typeof(Optimizers.AdamW) ? new Optimizers.AdamW()
        : type == typeof(Optimizers.RmsProp) ? new Optimizers.RmsProp()
        : type == typeof(Optimizers.Adagrad) ? new Optimizers.Adagrad()
        : new Optimizers.Adam();

    private static Layer MakeLayer(Type type) => type == typeof(Linear) ? new Linear(3, 2)
        : type == typeof(Conv2d) ? new Conv2d(4, 2, 3)
        : type == typeof(Sequential) ? new Sequential(new ReLU())
        : type == typeof(MaxPool2d) ? new MaxPool2d(2)
        : type == typeof(AvgPool2d) ? new AvgPool2d(2)
        : type == typeof(Modules.Dropout) ? new Modules.Dropout()
        : new Flatten();
}
