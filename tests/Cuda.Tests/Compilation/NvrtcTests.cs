using Sinter.Runtime.Cuda;
using Sinter.Runtime.Cuda.Compilation;

namespace Sinter.Cuda.Tests.Compilation;

public sealed class NvrtcTests : IDisposable
{
    private static readonly CudaArchitecture Hopper = new(90, IsSpecific: true);

    private readonly FakeNvrtc fake = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        fake.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void It_tells_its_file_version_and_architectures()
    {
        Nvrtc nvrtc = fake.Open();
        Assert.Equal((fake.Path, new CudaVersion(12, 4)), (nvrtc.Path, nvrtc.Version));
        Assert.Equal([70, 75, 80, 86, 89, 90], nvrtc.SupportedArchitectures);
    }

    [Fact]
    public void A_module_becomes_machine_code_or_ptx()
    {
        var source = new CudaSource(
            "k.cu", "extern \"C\" __global__ void __launch_bounds__(256) f(float* x, int n) {}");
        CudaImage code = fake.Open().Compile(source, Hopper);
        Assert.Equal(("k.cu", "sm_90a"), (code.Name, code.Architecture));
        Assert.Equal("fake cubin sm_90\nkernel f 8 4\n\0", System.Text.Encoding.UTF8.GetString(code.Bytes));
        CudaImage ptx = fake.Open().Compile(source, new CudaArchitecture(86, IsPtx: true));
        Assert.Equal(".version 8.4\n.target sm_86\n.entry f 8 4\n\0", System.Text.Encoding.UTF8.GetString(ptx.Bytes));
    }

    [Fact]
    public void A_mistake_is_shown_with_its_line()
    {
        var source = new CudaSource("k.cu", "void f();\n  #error\n#error no such thing\n");
        var error = Assert.Throws<CudaCompileException>(() => fake.Open().Compile(source, Hopper));
        Assert.Equal(
            "NVRTC 12.4 refuses module 'k.cu' for sm_90a: NVRTC_ERROR_COMPILATION (6)"
            + "\n  k.cu(3): error: no such thing\n    3: #error no such thing\n  1 error detected.", error.Message);
        Assert.StartsWith("k.cu(3): error", error.Log);
    }

    [Theory]
    [InlineData("k.cu(2): error: x", "\n  k.cu(2): error: x\n    2: second")]
    [InlineData("k.cu:2:5: error: x", "\n  k.cu:2:5: error: x\n    2: second")]
    [InlineData("k.cu(9): error: x", "\n  k.cu(9): error: x")]
    [InlineData("an error (", "\n  an error (")]
    [InlineData("something else", "\nsomething else")]
    [InlineData("", "\n")]
    public void Logs_of_any_form_are_read(string log, string expected) =>
        Assert.Equal(expected, CompileLog.Describe(new CudaSource("k.cu", "first\n  second\n"), log));

    [Fact]
    public void Wrong_options_are_told()
    {
        var source = new CudaSource("k.cu", "") { Options = ["--use_fast_math", "--wrong"] };
        var error = Assert.Throws<CudaCompileException>(() => fake.Open().Compile(source, Hopper));
        Assert.Contains("NVRTC_ERROR_INVALID_OPTION (5)", error.Message);
        Assert.Contains("unrecognized option --wrong found", error.Message);
    }

    [Fact]
    public void The_stack_limit_of_the_process_is_left_alone_where_that_can_be_said()
    {
        Assert.Contains("--modify-stack-limit=false", fake.Open().Options(new CudaSource("k.cu", ""), Hopper));
        fake.Set("version", 11020);
        fake.Open().Compile(new CudaSource("k.cu", ""), new CudaArchitecture(80));
    }

    [Fact]
    public void Built_in_functions_are_loaded_from_the_same_folder()
    {
        fake.Set("builtins", 1);
        fake.Set("version", 12070);
        var source = new CudaSource("k.cu", "");
        var error = Assert.Throws<CudaUnavailableException>(() => fake.Open().Compile(source, Hopper));
        Assert.Equal(CudaProblem.NoBuiltins, error.Problem);
        Assert.StartsWith(
            $"NVRTC 12.7 ({fake.Path}) does not find its built-in functions: there is no libnvrtc-builtins.so.12.7"
            + " beside it. It says: nvrtc: error: failed to open libnvrtc-builtins.so.12.7.", error.Message);
        string file = Path.Combine(Path.GetDirectoryName(fake.Path)!, "libnvrtc-builtins.so.12.7.99");
        File.WriteAllText(file, "damaged");
        error = Assert.Throws<CudaUnavailableException>(() => fake.Open().Compile(source, Hopper));
        Assert.Contains($"{file} cannot be loaded: ", error.Message);
        File.Delete(file);
        CCompiler.BuildEmpty(file, "libnvrtc-builtins.so.12.7");
        fake.Open().Compile(source, Hopper);
    }

    [Fact]
    public void A_compiler_newer_than_the_driver_is_passed_over()
    {
        using var newer = new FakeNvrtc();
        newer.Set("version", 13000);
        string[] candidates = [newer.Path, fake.Path];
        Assert.Equal(newer.Path, Nvrtc.Open(candidates, driver: null).Path);
        Assert.Equal(newer.Path, Nvrtc.Open(candidates, new CudaVersion(13, 0)).Path);
        Assert.Equal(fake.Path, Nvrtc.Open(candidates, new CudaVersion(12, 2)).Path);
        var error = Assert.Throws<CudaUnavailableException>(
            () => Nvrtc.Open([newer.Path], new CudaVersion(12, 2)));
        Assert.EndsWith(
            $"Tried:\n  {newer.Path}: it is of CUDA 13.0, the driver only serves 12.2", error.Message);
    }

    [Fact]
    public void What_is_missing_names_every_place()
    {
        string[] places = [folder.File("a", "libnvrtc.so.12"), folder.File("b", "libnvrtc.so"), "libnvrtc-none.so"];
        CCompiler.BuildEmpty(places[1], "libnothing.so");
        var error = Assert.Throws<CudaUnavailableException>(() => Nvrtc.Open(places, driver: null));
        Assert.Equal(CudaProblem.NoNvrtc, error.Problem);
        Assert.Contains(
            $"\n  {places[0]}: no such file\n  {places[1]}: it is no NVRTC of CUDA 11.2 or newer", error.Message);
        Assert.Contains("lacks nvrtcVersion, nvrtcGetErrorString, ", error.Message);
        Assert.Contains("\n  libnvrtc-none.so: ", error.Message);
    }

    [Fact]
    public void The_search_goes_from_names_to_toolkits_to_python()
    {
        string site = folder.File(
            "venv", "lib", "python3.11", "site-packages", "nvidia", "cu13", "lib", "libnvrtc.so.13");
        File.WriteAllText(site, "");
        string old = folder.File(
            "home", ".local", "lib", "python3.9", "site-packages", "nvidia", "cuda_nvrtc", "lib", "libnvrtc.so.12");
        File.WriteAllText(old, "");
        string toolkit = folder.File("toolkit", "lib64", "libnvrtc.so");
        File.WriteAllText(toolkit, "");
        string program = folder.File("programs", "bin", "python3");
        File.WriteAllText(program, "");
        string beside = folder.File(
            "programs", "lib", "python3.12", "dist-packages", "nvidia", "cuda_nvrtc", "lib", "x");
        var variables = new Dictionary<string, string>
        {
            ["VIRTUAL_ENV"] = folder.File("venv"),
            ["HOME"] = folder.File("home"),
            ["CUDA_HOME"] = folder.File("toolkit"),
            ["PATH"] = "/nowhere/bin:" + Path.GetDirectoryName(program),
        };
        string[] found = [.. new NvrtcSearch(name => variables.GetValueOrDefault(name)).Candidates()];
        Assert.Equal(["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"], found[..4]);
        string[] own = [.. found.Where(path => path.StartsWith(folder.Path, StringComparison.Ordinal))];
        Assert.Equal([toolkit, site, Path.Combine(Path.GetDirectoryName(beside)!, "libnvrtc.so"), old], own);
        variables["SINTER_NVRTC"] = "/one/and/only";
        Assert.Equal(["/one/and/only"], new NvrtcSearch(name => variables.GetValueOrDefault(name)).Candidates());
    }
}
