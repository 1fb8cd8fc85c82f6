using System.Reflection;
using System.Runtime.Loader;
using Sinter.Benchmarks.Generator;

// The compiler is the SDK's own. Nothing of it may be named before it can be found, hence the second class.
string compiler = typeof(Measurements).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
    .First(data => data.Key == "Compiler").Value!;
AssemblyLoadContext.Default.Resolving += (context, name) =>
{
    string path = Path.Combine(compiler, name.Name + ".dll");
    return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
};
Measurements.Run(args);
