using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>Programs tell sizes as graphs do.</summary>
public sealed class SizeTextTests
{
    [Fact]
    public void Sizes_are_told_as_models_write_them()
    {
        Symbol n = Symbol.Create("N", 1, 60);
        Symbol m = Symbol.Create("M", 2, 50);
        Dimension[][] shapes =
        [
            [n, 64 * n, n / 2, (n + 1) / 2], [(n * m) + n + 3, 61 - n, 3 * (n / 2), n / 2 * (m / 3)],
            [Dimension.Minimum(n, 8), Dimension.Maximum(n - m, m / 2) + 1, ((n / 2) + m) / (m + 1), n / m],
            [(2 * n) - (n / 3), 2 * n / 3, n * n / 4, 3 * (n / 2) / 4, (n + 7) / (2 * m), n / (m * m), 5, 0],
        ];
        var graph = new GraphBuilder(captureSource: false);
        var outputs = shapes.Select((shape, i) => ($"y{i}", (graph.Input<U8>($"x{i}", shape) * 2).Node)).ToArray();
        Program program = JitCompiler.Compile(Graph.Of("sizes", outputs), new JitOptions { CacheDirectory = null });
        for (int i = 0; i < shapes.Length; i++)
        {
            Assert.Equal(
                shapes[i].Select(size => size.ToString()),
                program.Table.Inputs[i].Shape.Select(size => size.Text(program.Table.Symbols)));
        }
    }

    [Fact]
    public void Errors_of_shapes_show_them()
    {
        Symbol n = Symbol.Create("N", 1, 60);
        Tensor<F32> x = new GraphBuilder(captureSource: false).Input<F32>("x", n / 2, n);
        Program program = JitCompiler.Compile(
            Graph.Of("half", ("y", (x * 2).Node)), new JitOptions { CacheDirectory = null });
        using var state = new ModelState(0, program);
        using var context = new ProgramContext(program, state);
        string message = Assert.Throws<RunException>(() => context.SetShapes(("x", [4, 6]))).Message;
        Assert.Equal("axis 0 of 'x' is N/2, which is 3 with N = 6, got 4", message);
    }
}
