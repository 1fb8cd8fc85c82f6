using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Tests.Files;

/// <summary>Weights inside an assembly.</summary>
public sealed class EmbeddedWeightsTests
{
    [Fact]
    public void Tensors_are_read_in_place()
    {
        byte[] header = """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  """u8.ToArray();
        byte[] file = [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header, 0, 0, 128, 63, 0, 0, 0, 64];
        Assembly assembly = With("w.safetensors", file);
        using (SafetensorsFile weights = SafetensorsFile.OpenResource(assembly, "w.safetensors"))
        {
            Assert.Equal([1f, 2f], weights.Get<float>("w").ToArray());
            Assert.Equal("w.safetensors", weights.Path);
        }

        using SafetensorsFile again = SafetensorsFile.OpenResource(assembly, "w.safetensors");
        again.Dispose();
        Assert.Throws<ObjectDisposedException>(() => again.GetBytes("w").Length);
    }

    [Fact]
    public void Damaged_and_missing_ones_are_told_by_name()
    {
        Assembly assembly = With("w.safetensors", [1, 2, 3]);
        var damaged = Assert.Throws<ModelFormatException>(
            () => SafetensorsFile.OpenResource(assembly, "w.safetensors"));
        Assert.StartsWith("w.safetensors at byte 0: header length: expected 8 bytes, found 3", damaged.Message);
        var missing = Assert.Throws<FileNotFoundException>(() => SafetensorsFile.OpenResource(assembly, "v"));
        Assert.Equal("Embedded holds no resource 'v'.", missing.Message);
        Assert.Throws<ModelFormatException>(
            () => SafetensorsFile.OpenResource(With("x", new byte[100]), "x"));
    }

    private static Assembly With(string name, byte[] resource)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary);
        MetadataReference core = MetadataReference.CreateFromFile(typeof(object).Assembly.Location);
        using var image = new MemoryStream();
        var embedded = new ResourceDescription(name, () => new MemoryStream(resource), isPublic: true);
        Assert.True(CSharpCompilation.Create("Embedded", [], [core], options)
            .Emit(image, manifestResources: [embedded]).Success);
        image.Position = 0;
        return new AssemblyLoadContext(name, isCollectible: true).LoadFromStream(image);
    }
}
