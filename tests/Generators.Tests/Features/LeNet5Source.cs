namespace Sinter.Generators.Tests.Features;

/// <summary>LeNet-5 with its training step, as a user writes it.</summary>
internal static class LeNet5Source
{
    /// <summary>The class M in one file.</summary>
    public const string Text = """
        [CompiledModel("images: f32[N, 1, 28, 28]", Symbols = "N = 1..64", Output = "logits", Training = nameof(Objective))]
        internal sealed partial class M : Layer
        {
            private readonly Conv2d c1;
            private readonly Conv2d c2;
            private readonly Linear f1;
            private readonly Linear f2;
            private readonly Linear f3;

            public M()
            {
                c1 = Register("c1", new Conv2d(1, 6, kernelSize: 5, padding: 2));
                c2 = Register("c2", new Conv2d(6, 16, kernelSize: 5));
                f1 = Register("f1", new Linear(400, 120));
                f2 = Register("f2", new Linear(120, 84));
                f3 = Register("f3", new Linear(84, 10));
            }

            protected override Tensor<F32> Forward(Tensor<F32> images)
            {
                Tensor<F32> x = c1.Call(images).Relu().MaxPool2d(2);
                x = c2.Call(x).Relu().MaxPool2d(2);
                x = f1.Call(x.Flatten(1)).Relu();
                x = f2.Call(x).Relu();
                return f3.Call(x);
            }

            private static TrainingObjective Objective()
            {
                var model = new M();
                var graph = new GraphBuilder(training: true);
                Symbol batch = Symbol.Create("N", 1, 64);
                Tensor<F32> images = graph.Input<F32>("images", batch, 1, 28, 28);
                Tensor<I64> labels = graph.Input<I64>("labels", batch);
                Tensor<F32> logits = model.Call((images - 0.1307) / 0.3081);
                Tensor<F32> loss = Losses.CrossEntropy(logits, labels);
                var correct = new Output("correct", Losses.Accuracy(logits, labels).Node);
                return new TrainingObjective(loss, new Adam(1e-3), model.Parameters, correct);
            }
        }
        """;
}
