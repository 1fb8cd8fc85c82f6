using Sinter;
using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

// One graph holds the whole training step: forward, loss, backward and optimizer.
var model = new Mlp(hidden: 8);
var graph = new GraphBuilder(training: true);
Tensor<F32> x = graph.Input<F32>("x", 4, 2);
Tensor<F32> y = graph.Input<F32>("y", 4, 1);
Tensor<F32> loss = Losses.MseLoss(model.Call(x), y);
Graph step = TrainingStep.Build("xor", loss, new Adam(0.03), [.. model.Parameters]);

// Compiled to SIMD code in this process. A run allocates nothing; parameters live in the state.
var program = JitCompiler.Compile(step);
using var state = new ModelState(seed: 1, program);
using var context = new ProgramContext(program, state);
float[] points = [0, 0, 0, 1, 1, 0, 1, 1];
float[] targets = [0, 1, 1, 0];
for (int i = 0; i < 500; i++)
{
    points.CopyTo(context.Input<float>("x"));
    targets.CopyTo(context.Input<float>("y"));
    context.Run();
}

Console.WriteLine(FormattableString.Invariant($"loss: {context.Output<float>("loss")[0]:F4}"));
try
{
    state.Save("xor.safetensors");
    return 0;
}
catch (SaveException error)
{
    Console.Error.WriteLine("error: " + error.Message);
    return 1;
}

internal sealed class Mlp : Layer
{
    private readonly Linear first;
    private readonly Linear second;

    public Mlp(int hidden)
    {
        first = Register("first", new Linear(2, hidden));
        second = Register("second", new Linear(hidden, 1));
    }

    protected override Tensor<F32> Forward(Tensor<F32> input) => second.Call(first.Call(input).Tanh());
}
