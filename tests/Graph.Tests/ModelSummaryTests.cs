using Sinter.Modules;
using Sinter.Testing;
using Sinter.Tests.Models;

namespace Sinter.Tests;

public class ModelSummaryTests
{
    [Fact]
    public void Of_a_model() => Golden.Verify(ModelSummary.Of(new LeNet5()));

    [Fact]
    public void Of_one_layer_and_of_none() =>
        Golden.Verify(ModelSummary.Of(new Linear(3, 5, bias: false)) + ModelSummary.Of(new ReLU()));
}
