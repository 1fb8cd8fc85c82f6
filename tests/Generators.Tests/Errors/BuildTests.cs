using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Sinter.Generators.Tests.Errors;

/// <summary>Ten wrong models, and right ones beside them, through a real build: one for all, as it takes
/// seconds.</summary>
public partial class BuildTests
{
    private const string Usings = "using System; using System.Linq; using System.Collections.Generic; using Sinter;"
        + " using Sinter.Modules; using Sinter.Optimizers; using Sinter.Compiler.Differentiate;";

    private const string Use = """
        class Use
        {
            void Run()
            {
                using var model = M.Compiled.Load("m.safetensors");
                float[] x = new float[4], y = new float[4];
                model.Run(x, y, N: 1);
            }
        }
        """;

    private static readonly string[] Chosen =
    [
        "features", "inside sequential", "reshape", "file", "dynamic", "thrown", "endless loop",
        "recursion through the library",
        "malformed input", "not partial",
    ];

    // C# 14, which only the SDK's own compiler reads; and, in C# of today, a model that is right.
    private const string Extension = """
        [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")] partial class M : Layer
        {
            protected override Tensor<F32> Forward(Tensor<F32> x) =>
                x.Tripled(); // !SNT0003 extension
        }
        static class Extensions { extension(Tensor<F32> t) { public Tensor<F32> Tripled() => t * 3; } }
        """;

    private const string Right = """
        [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")] partial class M : Layer
        {
            protected override Tensor<F32> Forward(Tensor<F32> x) => x * (new[] { 1, 2 }.Contains(2) ? field : 1);
            private double field => new int[] { 3, 4 }.Reverse().First();
        }
        """;

    [Fact]
    public async Task A_build_tells_each_mistake_once_at_its_place()
    {
        string folder = Directory.CreateTempSubdirectory("sinter-build-").FullName;
        try
        {
            string[] wanted = Write(folder);
            string output = await Build(folder);
            string[] found = [.. Error().Matches(output)
                .Select(
                    match =>
                        $"{Path.GetFileName(match.Groups[1].Value)}({match.Groups[2].Value}) {match.Groups[3].Value}")
                .Distinct().Order(StringComparer.Ordinal)];
            Assert.True(
                wanted.SequenceEqual(found),
                $"wanted:\n{string.Join("\n", wanted)}\nfound:\n{string.Join("\n", found)}\n{output}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "Wrong.csproj"), Project());

        // Nothing of a folder above must reach in.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(folder, "Directory.Packages.props"), "<Project />");
        var wanted = new List<string>();
        (string Name, string Text)[] models =
            [.. Chosen.Select(name => (name, WrongModels.All[name])), ("extension", Extension), ("right", Right)];
        for (int i = 0; i < models.Length; i++)
        {
            string text = $"{Usings}\nnamespace Model{i};\n{models[i].Text}";
            string name = $"Model{i:00}.cs";
            File.WriteAllText(Path.Combine(folder, name), text);
            string[] lines = text.Split('\n');
            for (int line = 0; line < lines.Length; line++)
            {
                if (Marker().Match(lines[line]) is { Success: true } match)
                {
                    wanted.Add($"{name}({line + 1}) {match.Groups[1].Value}");
                }
            }

            if (models[i].Name != "not partial")
            {
                // Where the attribute does not tell what a run takes, its parameters have no names.
                string use = models[i].Name == "malformed input" ? Use.Replace("N: ", "", StringComparison.Ordinal)
                    : Use;
                File.WriteAllText(Path.Combine(folder, $"Use{i:00}.cs"), $"{Usings}\nnamespace Model{i};\n{use}");
            }
        }

        return [.. wanted.Order(StringComparer.Ordinal)];
    }

    private static string Project()
    {
        string bin = AppContext.BaseDirectory;
        string[] analyzers = ["Sinter.Generators", "Sinter.Graph", "Sinter.Compiler", "Sinter.Backends"];
        string[] references = ["Sinter.Graph", "Sinter.Runtime", "Sinter.Compiler"];
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{Root()}/Generators/build/Sinter.Generators.props" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <NoWarn>$(NoWarn);CS0162;CS0219</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(references.Select(name => $"<Reference Include=\"{bin}{name}.dll\" />"))}
                {string.Concat(analyzers.Select(name => $"<Analyzer Include=\"{bin}{name}.dll\" />"))}
              </ItemGroup>
            </Project>
            """;
    }

    private static async Task<string> Build(string folder)
    {
        // No server: it would keep this build's generator loaded.
        string[] arguments = ["build", "-nologo", "-nodeReuse:false", "-m:1", "-p:UseSharedCompilation=false", "-v:q"];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await errors;
    }

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    [GeneratedRegex(@"^\s*(.+?)\((\d+),\d+\): (?:error|warning) (\w+):", RegexOptions.Multiline)]
    private static partial Regex Error();

    [GeneratedRegex("// !([A-Z]+[0-9]+)")]
    private static partial Regex Marker();
}
