using System.Reflection;
using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Backends.Tests;

/// <summary>Small programs whose kernels are reviewed text, in every language.</summary>
internal static class GoldenGraphs
{
    /// <summary>All of them.</summary>
    public static IEnumerable<string> Names => typeof(GoldenGraphs)
        .GetMethods(BindingFlags.Static | BindingFlags.Public)
        .Where(method => method.ReturnType == typeof(Graph) && method.GetParameters().Length == 0)
        .Select(method => method.Name);

    /// <summary>Those whose kernels are reviewed text for every target.</summary>
    public static IEnumerable<string> OfEveryTarget =>
    [
        nameof(Softmax_over_rows_is_one_kernel),
        nameof(Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer),
        nameof(A_convolution_reads_its_windows_in_place_and_pooling_follows),
        nameof(Adam_is_in_the_epilogue_of_the_gradient),
        nameof(Pooling_and_its_gradient_compare_windows),
        nameof(Rows_are_gathered_and_their_gradients_scattered),
        nameof(Cross_entropy_and_its_gradient_share_the_exponentials),
        nameof(Dropout_makes_its_mask_where_it_is_used),
        nameof(Long_sums_are_cut_for_threads),
    ];

    /// <summary>The one of a name.</summary>
    public static Graph Of(string name) => (Graph)typeof(GoldenGraphs).GetMethod(name)!.Invoke(null, null)!;

    public static Graph Softmax_over_rows_is_one_kernel()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 64, 32);
        return Graph.Of("softmax", ("y", x.Softmax(-1).Node));
    }

    public static Graph Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer()
    {
        var graph = new GraphBuilder();
        var layer = new Sequential(new Linear(8, 32), new ReLU());
        return Graph.Of("linear", ("y", layer.Call(graph.Input<F32>("x", 4, 8)).Node));
    }

    public static Graph A_convolution_reads_its_windows_in_place_and_pooling_follows()
    {
        var graph = new GraphBuilder();
        var layer = new Sequential(new Conv2d(1, 6, 5), new ReLU(), new MaxPool2d(2));
        return Graph.Of("convolution", ("y", layer.Call(graph.Input<F32>("x", 2, 1, 20, 20)).Node));
    }

    public static Graph Adam_is_in_the_epilogue_of_the_gradient()
    {
        var graph = new GraphBuilder(training: true);
        var layer = new Linear(32, 4, bias: false);
        Tensor<F32> loss = Losses.MseLoss(layer.Call(graph.Input<F32>("x", 16, 32)), graph.Input<F32>("y", 16, 4));
        return TrainingStep.Build("adam", loss, new Adam(1e-3), layer.Parameters.ToList());
    }

    public static Graph Pooling_and_its_gradient_compare_windows()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 2, 3, 8, 8);
        Tensor<F32> loss = x.MaxPool2d(2).Square().Sum();
        Node gradient = Differentiator.Gradient(loss.Node, [x.Node])[x.Node];
        return Graph.Of("pooling", ("gradient", gradient));
    }

    public static Graph Rows_are_gathered_and_their_gradients_scattered()
    {
        var graph = new GraphBuilder();
        Tensor<F32> table = graph.Input<F32>("table", 10, 16);
        Tensor<F32> rows = table.IndexSelect(0, graph.Input<I64>("ids", 5));
        Node gradient = Differentiator.Gradient(rows.Square().Sum().Node, [table.Node])[table.Node];
        return Graph.Of("gather", ("rows", rows.Node), ("gradient", gradient));
    }

    public static Graph Cross_entropy_and_its_gradient_share_the_exponentials()
    {
        var graph = new GraphBuilder();
        Tensor<F32> logits = graph.Input<F32>("logits", 64, 10);
        Tensor<F32> loss = Losses.CrossEntropy(logits, graph.Input<I64>("labels", 64));
        Node gradient = Differentiator.Gradient(loss.Node, [logits.Node])[logits.Node];
        return Graph.Of("loss", ("loss", loss.Node), ("gradient", gradient));
    }

    public static Graph Dropout_makes_its_mask_where_it_is_used()
    {
        var graph = new GraphBuilder(training: true);
        Tensor<F32> x = graph.Input<F32>("x", 8, 64);
        return Graph.Of("dropout", ("y", new Sequential(new ReLU(), new Dropout(0.5)).Call(x).Node));
    }

    public static Graph Long_sums_are_cut_for_threads()
    {
        var graph = new GraphBuilder();
        return Graph.Of("sum", ("y", graph.Input<F32>("x", 4096, 256).Sum(0).Node));
    }

    public static Graph Rows_are_shared_by_the_threads_of_a_block()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 3, 300);
        Tensor<F32> p = x.Softmax(-1);
        return Graph.Of("rows", ("p", p.Node), ("reversed", (p.Flip(1) * p.Max(-1, true)).Node));
    }

    public static Graph Elements_are_computed_side_by_side()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 257, 301);
        return Graph.Of("elements", ("y", (x * 2 + 1).Sigmoid().Node));
    }

    public static Graph Elements_are_computed_four_neighbours_at_a_time()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 64, 300);
        return Graph.Of("elements", ("y", (x * graph.Input<F32>("scale", 300) + graph.Input<F32>("rows", 64, 1)).Node));
    }

    public static Graph A_product_has_tiles_of_threads_and_of_blocks()
    {
        var graph = new GraphBuilder();
        Tensor<F32> product = graph.Input<F32>("x", 70, 40).MatMul(graph.Input<F32>("y", 40, 130));
        return Graph.Of("product", ("z", product.Relu().Node));
    }

    public static Graph A_large_product_takes_rows_and_columns_in_fours() => LargeProduct(2048);

    public static Graph A_product_of_aligned_operands()
    {
        var graph = new GraphBuilder();
        Tensor<F32> product = graph.Input<F32>("x", 64, 80).MatMul(graph.Input<F32>("y", 80, 64));
        return Graph.Of("aligned", ("z", product.Relu().Node));
    }

    public static Graph A_convolution_of_several_channels()
    {
        var graph = new GraphBuilder();
        var layer = new Sequential(new Conv2d(4, 16, 3), new ReLU());
        return Graph.Of("channels", ("y", layer.Call(graph.Input<F32>("x", 2, 4, 10, 10)).Node));
    }

    /// <summary>A product with its bias; as many rows as columns.</summary>
    internal static Graph LargeProduct(int size)
    {
        var graph = new GraphBuilder();
        Tensor<F32> product = graph.Input<F32>("x", size, 48).MatMul(graph.Input<F32>("y", 48, size));
        return Graph.Of("product", ("z", (product + graph.Input<F32>("bias", size)).Relu().Node));
    }
}
