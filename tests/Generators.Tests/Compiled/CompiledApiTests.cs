using Sinter.Runtime.Programs;

namespace Sinter.Generators.Tests.Compiled;

/// <summary>The members that models of this very project got when it was built.</summary>
public class CompiledApiTests
{
    [Fact]
    public void A_graph_of_a_file_runs()
    {
        using var model = Affine.Compiled.Create(seed: 1);
        float[] y = new float[4];
        model.Run([1, 2, 3, 4], y, N: 2);
        Assert.Equal([1.5f, 3, 4.5f, 6], y);
    }

    [Fact]
    public void A_class_may_name_the_file()
    {
        using var model = Named.Compiled.Create(seed: 1);
        using var context = model.CreateContext();
        model.State.Set<float>("weight", [2, 3]);
        float[] y = new float[2];
        context.Run([1, 1], y, 1);
        Assert.Equal([2, 3], y);
    }

    [Fact]
    public void Wrong_lengths_are_told_before_anything_runs()
    {
        using var model = Affine.Compiled.Create(seed: 1);
        var error = Assert.Throws<RunException>(() => model.Run([1, 2, 3, 4], new float[3], N: 2));
        Assert.Equal("'y' has 4 elements, got 3; its shape is [1*N=2, 2]", error.Message);
    }

    [Fact]
    public void Parameters_are_loaded_from_a_file()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".safetensors");
        try
        {
            using (var model = Affine.Compiled.Create(seed: 1))
            {
                model.State.Set<float>("weight", [5, 7]);
                model.State.Save(path);
            }

            using var loaded = Affine.Compiled.Load(path);
            Assert.Equal([5f, 7], loaded.State.Get<float>("weight").ToArray());
            Assert.Throws<FileNotFoundException>(() => Affine.Compiled.Load(path + ".none"));
        }
        finally
        {
            File.Delete(path);
        }
    }
}

[CompiledModel(GraphFile = "named.graph")]
internal static partial class Named;
