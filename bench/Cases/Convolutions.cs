using Sinter.Compiler.Differentiate;

namespace Sinter.Bench.Cases;

/// <summary>Padded convolutions and their gradients: images and weights are inputs, so that nothing is
/// prepared.</summary>
internal static class Convolutions
{
    private const int Samples = 500;
    private const double Tolerance = 2e-4;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => Shapes.SelectMany(shape => shape.Kinds.Select(kind =>
    {
        string name = $"convolution/{Name(kind)}/{shape}";
        return new Case(name, (session, threads) => Run(session, threads, name, shape, kind));
    }));

    private enum Kind
    {
        Forward,
        Input,
        Weight,
    }

    private static Kind[] All => [Kind.Forward, Kind.Input, Kind.Weight];

    private static ConvolutionShape[] Shapes =>
    [
        new(1, 64, 64, 56, All), new(8, 64, 64, 56, All), new(1, 128, 128, 28, All), new(1, 256, 256, 14, All),
        new(1, 64, 128, 56, All, Stride: 2), new(1, 3, 64, 224, [Kind.Forward], Stride: 2, Kernel: 7),
    ];

    private static string Name(Kind kind) => kind switch
    {
        Kind.Forward => "forward",
        Kind.Input => "input-gradient",
        _ => "weight-gradient",
    };

    private static Result Run(Session session, int threads, string name, ConvolutionShape shape, Kind kind)
    {
        var values = new Dictionary<string, float[]>
        {
            ["x"] = Draw.Uniform(shape.Batch * shape.In * shape.Side * shape.Side, 1),
            ["w"] = Draw.Uniform(shape.Out * shape.In * shape.Kernel * shape.Kernel, 2),
            ["g"] = Draw.Uniform(shape.Batch * shape.Out * shape.Positions * shape.Positions, 3),
        };
        Graph graph = shape.Graph(kind);
        using var ours = new Runnable(graph, threads);
        foreach (string input in graph.Inputs.Select(node => node.Get<InputAttributes>().Name))
        {
            values[input].CopyTo(ours.Context.Input<float>(input));
        }

        ours.Context.Run();
        ours.Context.Run();
        Verify(name, shape, kind, values, ours.Context.Output<float>("result"));
        Timing timing = Measure.Alone(session.Options.Seconds, new Subject(ours.Context.Run));
        var result = new Result(name, threads, timing.MedianMs) { P95Ms = timing.P95Ms };
        return session.WithArithmetic(result, shape.Operations);
    }

    // Elements here and there, those at the borders among them.
    private static void Verify(
        string name, ConvolutionShape shape, Kind kind, Dictionary<string, float[]> values, ReadOnlySpan<float> actual)
    {
        for (int sample = 0; sample < Samples; sample++)
        {
            int element = (int)((long)sample * 7919 % actual.Length);
            double expected = shape.Element(kind, element, values["x"], values["w"], values["g"]);
            if (!(Math.Abs(actual[element] - expected) <= Tolerance * Math.Max(1, Math.Abs(expected))))
            {
                throw new WrongResultException($"{name}: element {element} is {actual[element]}, not {expected}");
            }
        }
    }

    private sealed record ConvolutionShape(
        int Batch, int In, int Out, int Side, Kind[] Kinds, int Stride = 1, int Kernel = 3)
    {
        public int Positions => ((Side + (2 * Padding) - Kernel) / Stride) + 1;

        public double Operations => 2.0 * Batch * In * Out * Positions * Positions * Kernel * Kernel;

        private int Padding => Kernel / 2;

        public Graph Graph(Kind kind)
        {
            var builder = new GraphBuilder();
            Tensor<F32> x = builder.Input<F32>("x", Batch, In, Side, Side);
            Tensor<F32> w = builder.Input<F32>("w", Out, In, Kernel, Kernel);
            Tensor<F32> y = x.Conv2d(w, stride: Stride, padding: Padding);
            if (kind == Kind.Forward)
            {
                return Sinter.Graph.Of("convolution", ("result", y.Node));
            }

            Tensor<F32> loss = (y * builder.Input<F32>("g", Batch, Out, Positions, Positions)).Sum();
            Node of = kind == Kind.Input ? x.Node : w.Node;
            return Sinter.Graph.Of("convolution", ("result", Differentiator.Gradient(loss.Node, [of])[of]));
        }

        /// <summary>One element of a result, as the definition has it.</summary>
        public double Element(Kind kind, int element, float[] x, float[] w, float[] g)
        {
            int side = kind == Kind.Forward ? Positions : kind == Kind.Input ? Side : Kernel;
            (int right, int down) = (element % side, element / side % side);
            int second = element / (side * side);
            int channels = kind == Kind.Forward ? Out : In;
            (int channel, int first) = (second % channels, second / channels);
            double sum = 0;
            foreach ((int n, int o, int c, int p, int q, int ky, int kx) in Terms(kind, first, channel, down, right))
            {
                int y = (p * Stride) + ky - Padding;
                int z = (q * Stride) + kx - Padding;
                if (y < 0 || z < 0 || y >= Side || z >= Side)
                {
                    continue;
                }

                double image = x[(((((n * In) + c) * Side) + y) * Side) + z];
                double weight = w[(((((o * In) + c) * Kernel) + ky) * Kernel) + kx];
                double gradient = g[(((((n * Out) + o) * Positions) + p) * Positions) + q];
                sum += kind switch
                {
                    Kind.Forward => image * weight,
                    Kind.Input => gradient * weight,
                    _ => gradient * image,
                };
            }

            return sum;
        }

        // Every (n, o, c, p, q, ky, kx) that adds to an element.
        private IEnumerable<(int N, int O, int C, int P, int Q, int Y, int X)> Terms(
            Kind kind, int first, int channel, int down, int right) => kind switch
            {
                Kind.Forward =>
                    from c in Enumerable.Range(0, In)
                    from ky in Enumerable.Range(0, Kernel)
                    from kx in Enumerable.Range(0, Kernel)
                    select (first, channel, c, down, right, ky, kx),
                Kind.Input =>
                    from o in Enumerable.Range(0, Out)
                    from ky in Enumerable.Range(0, Kernel)
                    from kx in Enumerable.Range(0, Kernel)
                    let p = down + Padding - ky
                    let q = right + Padding - kx
                    where p >= 0 && q >= 0 && p % Stride == 0 && q % Stride == 0
                        && p / Stride < Positions && q / Stride < Positions
                    select (first, o, channel, p / Stride, q / Stride, ky, kx),
                _ =>
                    from n in Enumerable.Range(0, Batch)
                    from p in Enumerable.Range(0, Positions)
                    from q in Enumerable.Range(0, Positions)
                    select (n, first, channel, p, q, down, right),
            };

        public override string ToString() =>
            $"{Batch}x{In}-{Out}x{Side}" + (Kernel == 3 ? "" : $",kernel={Kernel}")
                + (Stride == 1 ? "" : $",stride={Stride}");
    }
}
