namespace Sinter.Generators.Tests.Features;

/// <content>Each kind of module, and graphs from Create.</content>
internal static partial class FeatureModels
{
    private static IEnumerable<(string, string)> Modules()
    {
        string[] activations =
        [
            "ReLU()", "LeakyReLU(0.2)", "ELU(alpha: 0.5)", "GELU(true)", "GELU()", "SiLU()", "Sigmoid()", "Tanh()",
            "Softmax(-1)", "LogSoftmax(1)", "Flatten(1)", "Dropout(0.25)",
        ];
        foreach (string layer in activations)
        {
            yield return ("module " + layer, $"private readonly Layer f = new {layer};\n" + Forward("f.Call(x)"));
        }

        yield return ("linear without bias", """
            private readonly Linear l;
            public M() => l = Register("l", new Linear(4, 3, bias: false, weightInitializer: Initializer.HeNormal(4)));
            protected override Tensor<F32> Forward(Tensor<F32> x) => l.Call(x);
            """);
        yield return ("convolution and pooling", """
            [CompiledModel("images: f32[N, 2, 8, 8]", Symbols = "N = 1..4", Output = "scores")]
            partial class M : Layer
            {
                private readonly Sequential net;
                public M()
                {
                    net = Register("net", new Sequential(
                        new Conv2d(2, 4, 3, padding: Padding2d.Same), new ReLU(), new MaxPool2d(2),
                        new Conv2d(4, 4, (3, 1), stride: 2, groups: 2, dilation: (1, 1), padding: (1, 0)),
                        new AvgPool2d((2, 1), countIncludePad: false), new Flatten(), new Linear(8, 2)));
                }
                protected override Tensor<F32> Forward(Tensor<F32> x) => net.Call(x);
            }
            """);
        yield return ("constructor arguments", """
            enum Kind { Plain, Gated = 3 }
            [CompiledModel("x: f32[N, 2*T]", Symbols = "N = 1..8, T = 2..2", Arguments = new object[] { 5, 0.5, "mid", Kind.Gated, new[] { 1, 2 } })]
            partial class M(int width, double scale, string name, Kind kind, int[] more, bool last = true) : Layer
            {
                private readonly Parameter? unused = null;
                protected override Tensor<F32> Forward(Tensor<F32> x) =>
                    (kind == Kind.Gated && last ? x.Sigmoid() : x) * scale * width * more.Sum() + name.Length;
            }
            """);
        yield return ("create returns the layer", """
            record Config(int Width, int[] Hidden);
            [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")]
            partial class M : Layer
            {
                private readonly Sequential net;
                private M(Config c) => net = Register("net", new Sequential([.. c.Hidden.Select((h, i) => new Linear(i == 0 ? c.Width : c.Hidden[i - 1], h))]));
                public static M Create() => new(new Config(4, [3, 5, 2]));
                protected override Tensor<F32> Forward(Tensor<F32> x) => net.Call(x);
            }
            """);
        yield return ("several inputs and outputs", Graph("""
                Tensor<F32> a = g.Input<F32>("a", n, 4);
                Tensor<I64> i = g.Input<I64>("i", n);
                Tensor<F32> table = Tensor<F32>.Of([1, 2, 3, 4, 5, 6, 7, 8], 2, 4);
                Tensor<F32> row = table.IndexSelect(0, i);
                return Sinter.Graph.Of("two", ("sum", (a + row).Node), ("best", (a * row).ArgMax(-1).Node));
            """));
        yield return ("graph of a layer with preprocessing", Graph("""
                var model = new Net();
                Tensor<F32> x = g.Input<F32>("x", n, 4);
                return Sinter.Graph.Of("net", ("y", model.Call((x - 0.5) / 0.25).Node));
            """, """
            class Net : Layer
            {
                readonly Linear l;
                public Net() { l = Register("l", new Linear(4, 2)); }
                protected override Tensor<F32> Forward(Tensor<F32> x) => l.Call(x);
            }
            """));
        yield return ("losses and metrics", Graph("""
                Tensor<F32> x = g.Input<F32>("x", n, 4);
                Tensor<I64> y = g.Input<I64>("y", n);
                Tensor<F32> loss = Losses.CrossEntropy(x, y);
                Tensor<F32> other = Losses.HuberLoss(x, x * 0, reduction: Reduction.Sum);
                return Sinter.Graph.Of("losses", ("loss", (loss + other).Node), ("correct", Losses.Accuracy(x, y).Node));
            """));
        yield return ("training step as a graph", Graph("""
                var model = new Linear(4, 1);
                Tensor<F32> x = g.Input<F32>("x", n, 4);
                Tensor<F32> loss = Losses.MseLoss(model.Call(x), g.Input<F32>("y", n, 1));
                return TrainingStep.Build("step", loss, new Sgd(0.1, momentum: 0.9), [.. model.Parameters]);
            """));
        yield return ("own optimizer", Graph("""
                var model = new Linear(4, 1);
                Tensor<F32> x = g.Input<F32>("x", n, 4);
                Tensor<F32> loss = model.Call(x).Square().Mean();
                return TrainingStep.Build("step", loss, new SignDescent(0.1), [.. model.Parameters]);
            """, """
            sealed class SignDescent(double rate) : Optimizer(rate)
            {
                public override string Name => "sign";
                protected override Tensor<F32> Apply(StepBuilder step, Parameter p, Tensor<F32> value, Tensor<F32> gradient) =>
                    value - gradient.Sign() * LearningRate;
            }
            """));
        yield return ("attention over a sequence", """
            [CompiledModel("x: f32[N, T, 8]", Symbols = "N = 1..4, T = 1..16")]
            partial class M : Layer
            {
                private readonly Linear q, k, v;
                public M()
                {
                    q = Register("q", new Linear(8, 8));
                    k = Register("k", new Linear(8, 8));
                    v = Register("v", new Linear(8, 8));
                }
                protected override Tensor<F32> Forward(Tensor<F32> x)
                {
                    var (n, t) = (x.Shape[0], x.Shape[1]);
                    Tensor<F32> Heads(Tensor<F32> y) => y.Reshape(n, t, 2, 4).Permute(0, 2, 1, 3);
                    Tensor<F32> scores = Heads(q.Call(x)).MatMul(Heads(k.Call(x)).Transpose(2, 3)) / Math.Sqrt(4);
                    Tensor<F32> mixed = scores.Softmax(-1).MatMul(Heads(v.Call(x)));
                    return mixed.Permute(0, 2, 1, 3).Reshape(n, t, 8);
                }
            }
            """);
    }
}
