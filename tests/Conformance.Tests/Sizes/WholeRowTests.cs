using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>Rows that are reduced in a product's kernel: the same bits for any number of threads, and for rows whose
/// number a run says, with the same program as often as one likes.</summary>
public sealed class WholeRowTests
{
    private const int Rows = 301;

    public static TheoryData<int> Widths() => [512, 256, 128];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Results_are_the_same_bits(int bits)
    {
        CSharpTarget target = bits switch
        {
            512 => CSharpTarget.Bits512,
            256 => CSharpTarget.Bits256,
            _ => CSharpTarget.Bits128,
        };
        TensorValue[][] results = [.. new[] { false, true }.SelectMany(symbolic => Run(target, symbolic))];
        foreach (TensorValue[] other in results.Skip(1))
        {
            for (int i = 0; i < other.Length; i++)
            {
                Assert.Equal(results[0][i].Floats, other[i].Floats);
            }
        }
    }

    private static IEnumerable<TensorValue[]> Run(CSharpTarget target, bool symbolic)
    {
        var builder = new CaseBuilder(11);
        BuiltCase built = Build(builder, symbolic ? builder.Symbol("N", Rows, 1, 4 * Rows) : Rows);
        Program program = JitCompiler.Compile(
            built.Graph, new JitOptions { Target = target, CacheDirectory = null, Check = true });
        foreach (int threads in new[] { 1, 2, 3 })
        {
            var outputs = JitEngine.Run(program, built.Inputs, built.Parameters, threads).Outputs;
            yield return [.. outputs.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
        }
    }

    // A residual layer that is normalised, and soft maxima of products in a batch.
    private static BuiltCase Build(CaseBuilder c, Dimension rows)
    {
        Tensor<F32> x = c.Fixed("x", Draws.Any, rows, 100).MatMul(c.Fixed("w", Draws.Any, 100, 333))
            + c.Fixed("r", Draws.Any, rows, 333);
        Tensor<F32> centred = x - x.Mean(-1, keepDims: true);
        Tensor<F32> y = centred * (centred.Square().Mean(-1, keepDims: true) + 1e-5).Rsqrt();
        Tensor<F32> z = c.Fixed("q", Draws.Any, rows, 20, 9).MatMul(c.Fixed("k", Draws.Any, rows, 9, 77)).Softmax(-1);
        Output[] outputs = [new("x", x.Node), new("y", y.Node), new("z", z.Node)];
        return new BuiltCase(new Graph("rows", c.Graph.Inputs, outputs, []), c.Inputs, c.Parameters);
    }
}
