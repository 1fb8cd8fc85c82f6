using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Compilation;

public sealed class CompilerTests : IDisposable
{
    private readonly FakeNvrtc fake = new();
    private readonly FakeDriver driver = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        fake.Dispose();
        driver.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void What_was_compiled_is_kept_until_anything_changes()
    {
        string cache = folder.File("cache");
        CudaSource source = Source("a", 1);
        CudaCompiler compiler = Compiler(cache);
        CudaImage first = compiler.Compile(source);
        Assert.Equal(first.Bytes, Compiler(cache).Compile(source).Bytes);
        Assert.Equal((1, 1), (fake.Compiles, compiler.CompiledCount));
        Assert.EndsWith(".cubin", Assert.Single(Directory.GetFiles(cache)));

        Compiler(cache).Compile(source with { Text = source.Text + " " });
        Compiler(cache).Compile(source with { Options = ["--use_fast_math"] });
        Compiler(cache, 86).Compile(source);
        fake.Set("version", 12050);
        Compiler(cache).Compile(source);
        Assert.Equal(5, fake.Compiles);
        Assert.Equal(5, Directory.GetFiles(cache).Length);
    }

    [Fact]
    public void A_damaged_entry_is_compiled_again()
    {
        string cache = folder.File("cache");
        CudaImage first = Compiler(cache).Compile(Source("a", 1));
        string file = Assert.Single(Directory.GetFiles(cache));
        foreach (byte[] bytes in new byte[][] { [], [1, 2, 3], [.. File.ReadAllBytes(file).Reverse()] })
        {
            File.WriteAllBytes(file, bytes);
            Assert.Equal(first.Bytes, Compiler(cache).Compile(Source("a", 1)).Bytes);
        }

        Assert.Equal(4, fake.Compiles);
    }

    [Fact]
    public void Without_a_folder_everything_is_compiled()
    {
        foreach (string? none in new[] { null, "", "/proc/nowhere" })
        {
            CudaCompiler compiler = Compiler(none);
            compiler.Compile(Source("a", 1));
            compiler.Compile(Source("a", 1));
            Assert.Equal(2, compiler.CompiledCount);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Many_modules_are_compiled_at_once_and_come_in_order(int threads)
    {
        CudaSource[] sources = [.. Enumerable.Range(0, 20).Select(i => Source("m" + i, i))];
        CudaImage[] images = Compiler(null).CompileAll(sources, threads);
        Assert.Equal(sources.Select(source => source.Name), images.Select(image => image.Name));
        Assert.Contains("kernel f13 8 8", System.Text.Encoding.UTF8.GetString(images[13].Bytes));
        Assert.Empty(Compiler(null).CompileAll([], threads));
    }

    [Fact]
    public void The_first_mistake_is_told_whatever_thread_met_it()
    {
        CudaSource[] sources = [.. Enumerable.Range(0, 20).Select(i => Source("m" + i, i))];
        sources[5] = new CudaSource("m5", "#error five");
        sources[9] = new CudaSource("m9", "#error nine");
        for (int i = 0; i < 5; i++)
        {
            var error = Assert.Throws<CudaCompileException>(() => Compiler(null).CompileAll(sources, 4));
            Assert.Equal("m5", error.Module);
        }
    }

    [Theory]
    [InlineData(90, 90, "sm_90a")]
    [InlineData(90, 89, "compute_89")]
    [InlineData(89, 86, "sm_86")]
    public void The_device_decides_what_is_compiled_for(int capability, int newest, string expected)
    {
        driver.Set("capability", capability);
        fake.Set("newest", newest);
        using CudaContext context = driver.OpenContext();
        CudaCompiler compiler = CudaCompiler.For(context.Device, fake.Open(), null);
        Assert.Equal(expected, compiler.Architecture.ToString());
        using CudaModule module = context.Load(compiler.Compile(Source("a", 1)));
        Assert.Equal("f1", module.GetKernel("f1").Name);
    }

    private CudaCompiler Compiler(string? cache, int architecture = 90) =>
        new(fake.Open(), new CudaArchitecture(architecture), cache);

    private static CudaSource Source(string name, int number) =>
        new(name, $"extern \"C\" __global__ void f{number}(float* x, long n) {{ }}");
}
