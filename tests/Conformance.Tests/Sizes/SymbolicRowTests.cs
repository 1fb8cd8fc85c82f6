namespace Sinter.Conformance.Tests.Sizes;

/// <summary>Products with symbolic rows, at every value that leaves another rest behind the tiles.</summary>
public sealed class SymbolicRowTests
{
    [Theory]
    [InlineData("512")]
    [InlineData("256")]
    [InlineData("128")]
    public void Each_row_of_a_dense_layer_is_its_own(string width)
    {
        Symbol n = Symbol.Create("N", 1, 256);
        var b = new GraphBuilder();
        var x = b.Input<F32>("x", n, 784);
        var w = b.Input<F32>("w", 512, 784);
        using Opened program = Opened.On(width, Graph.Of("g", ("y", x.Linear(w).Node)));
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
