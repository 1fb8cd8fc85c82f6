using Sinter.Backends.CSharp;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>Products with symbolic rows, at every value that leaves another rest behind the tiles.</summary>
public sealed class SymbolicRowTests
{
    [Theory]
    [InlineData(512, 1)]
    [InlineData(256, 2)]
    [InlineData(128, 1)]
    public void Each_row_of_a_dense_layer_is_its_own(int bits, int threads)
    {
        Symbol n = Symbol.Create("N", 1, 256);
        var b = new GraphBuilder();
        var x = b.Input<F32>("x", n, 784);
        var w = b.Input<F32>("w", 512, 784);
        CSharpTarget target =
            bits == 512 ? CSharpTarget.Bits512 : bits == 256 ? CSharpTarget.Bits256 : CSharpTarget.Bits128;
        using var program = new OpenProgram(Graph.Of("g", ("y", x.Linear(w).Node)), target, threads);
        foreach (int rows in Enumerable.Range(1, 40).Concat([256, 255, 97, 96, 95, 3, 1]))
        {
            program.Context.SetSymbol("N", rows);
            Span<float> values = program.Context.Input<float>("x");
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (i / 784) + 1;
            }

            program.Context.Input<float>("w").Fill(1);
            program.Context.Run();
            ReadOnlySpan<float> y = program.Context.Output<float>("y");
            Assert.Equal(rows * 512, y.Length);
            for (int i = 0; i < y.Length; i++)
            {
                Assert.Equal(784f * ((i / 512) + 1), y[i]);
            }
        }
    }
}
