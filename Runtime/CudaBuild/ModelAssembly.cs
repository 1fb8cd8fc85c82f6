using System.Reflection;
using System.Runtime.Loader;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.CudaBuild;

/// <summary>A built assembly with everything it refers to, apart from this program's own.</summary>
internal sealed class ModelAssembly : AssemblyLoadContext
{
    private static readonly HashSet<string> Own = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator).Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();

    private readonly AssemblyDependencyResolver resolver;
    private readonly string path;

    /// <summary>An assembly.</summary>
    /// <param name="path">Its file, with the files it needs beside it or in its list of dependencies.</param>
    public ModelAssembly(string path)
        : base("models")
    {
        this.path = path;
        resolver = new AssemblyDependencyResolver(path);
    }

    /// <summary>The programs for CUDA devices, of this assembly and of those it refers to.</summary>
    /// <exception cref="IOException">The assembly cannot be read.</exception>
    /// <exception cref="BadImageFormatException">It is none.</exception>
    public IEnumerable<CudaProgram> Programs() => Reachable(LoadFromAssemblyPath(path), [])
        .Where(assembly => assembly.GetReferencedAssemblies().Any(IsRuntime))
        .SelectMany(Types)
        .Where(type => type.IsSubclassOf(typeof(CudaProgram)) && !type.IsAbstract)
        .Select(type => (CudaProgram)Activator.CreateInstance(type)!);

    // Both sides must mean the same type by CudaProgram; and a framework is there once.
    protected override Assembly? Load(AssemblyName name) =>
        FileOf(name) is { } file ? LoadFromAssemblyPath(file) : null;

    private IEnumerable<Assembly> Reachable(Assembly assembly, HashSet<string> seen) => seen.Add(assembly.FullName!)
        ? assembly.GetReferencedAssemblies().Where(name => FileOf(name) is not null)
            .Select(LoadFromAssemblyName).SelectMany(other => Reachable(other, seen)).Prepend(assembly)
        : [];

    // Of assemblies that this program does not have itself.
    private string? FileOf(AssemblyName name) => Own.Contains(name.Name!) ? null : resolver.ResolveAssemblyToPath(name);

    private static bool IsRuntime(AssemblyName name) => name.Name == typeof(CudaProgram).Assembly.GetName().Name;

    // Types that need what is not here, such as a framework of the web, hold no kernels.
    private static IEnumerable<Type> Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            return error.Types.OfType<Type>();
        }
    }
}
