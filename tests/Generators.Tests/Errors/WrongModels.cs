using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Errors;

/// <summary>Models with one mistake each, by name.</summary>
internal static class WrongModels
{
    private const string Start = "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")] partial class M : Layer";

    /// <summary>The sources by name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        Shapes().Concat(NotAllowed()).Concat(Constructs()).Concat(Limits()).Concat(Attributes()).Concat(Invalid())
            .ToDictionary(pair => pair.Name, pair => pair.Text, StringComparer.Ordinal);

    private static IEnumerable<(string Name, string Text)> Shapes()
    {
        yield return ("features", Source.Layer("""
            private readonly Linear first, second;
            public M()
            {
                first = Register("first", new Linear(4, 8));
                second = Register("second", new Linear(5, 2));
            }
            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                x = first.Call(x).Relu();
                return second.Call(x); // !SNT0001 second: linear: input has 8 features, the layer wants 5; f32[N, 8]
            }
            """));
        yield return ("reshape", Body("return x.Reshape(7, 3); // !SNT0001 reshape: cannot give 4*N elements the shape [7, 3] of 21"));
        yield return ("broadcast", Body("return x + Tensor<F32>.Full(1, 3); // !SNT0001 cannot broadcast [N, 4] and [3]"));
        yield return ("product", Body("return x.MatMul(x); // !SNT0001 contracted axes have the extents"));
        yield return ("axis", Body("return x.Sum(2); // !SNT0001 axis 2 is out of range for shape [N, 4]"));
        yield return ("channels", Source.Layer("""
            private readonly Conv2d c = new(3, 4, 3);
            protected override Tensor<F32> Forward(Tensor<F32> x) => c.Call(x.Reshape(-1, 1, 2, 2)).Flatten(1); // !SNT0001 conv2d: input has 1 channels
            """));
        yield return ("parameter with a symbol", Source.Layer("""
            protected override Tensor<F32> Forward(Tensor<F32> x) =>
                x + Parameter("late", Initializer.Ones, x.Shape[0], 4); // !SNT0001 state has fixed sizes
            """));
        yield return ("inside sequential", Source.Layer("""
            private readonly Sequential net;
            public M() => net = Register("net", new Sequential(new Inner(), new ReLU()));
            protected override Tensor<F32> Forward(Tensor<F32> x) => net.Call(x);
            ---
            class Inner : Layer
            {
                protected override Tensor<F32> Forward(Tensor<F32> x)
                {
                    return x.Transpose(0, 5); // !SNT0001 called from File0.cs(
                }
            }
            """));
        yield return ("layer used twice", Source.Layer("""
            private readonly Linear l = new(4, 4);
            public M()
            {
                Register("a", l);
                Register("b", l); // !SNT0001 already part of a model, as 'a'
            }
            protected override Tensor<F32> Forward(Tensor<F32> x) => x;
            """));
        yield return ("duplicate name", Source.Layer("""
            public M()
            {
                Register("a", new ReLU());
                Register("a", new ReLU()); // !SNT0001 already has a part named 'a'
            }
            protected override Tensor<F32> Forward(Tensor<F32> x) => x;
            """));
        yield return ("impossible layer", Source.Layer("""
            private readonly Linear l = new(0, 4); // !SNT0001 from 0 to 4 features
            protected override Tensor<F32> Forward(Tensor<F32> x) => l.Call(x);
            """));
        yield return ("in a lambda", Body("""
            Func<Tensor<F32>, Tensor<F32>> f = y =>
                y.Reshape(3); // !SNT0001 cannot give
            return new[] { x }.Select(f).Single();
            """));
        yield return ("own exception", Body("throw new GraphException(\"width has to be even\"); // !SNT0001 width has to be even"));
        yield return ("wrong element type at build", Body("return new Tensor<F32>(x.ArgMax(1).Node); // !SNT0001 cannot hold a value of type i64"));
        yield return ("gradient without a rule", """
            [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8", Training = "Train")]
            partial class M : Layer
            {
                protected override Tensor<F32> Forward(Tensor<F32> x) => x;
                static Graph Train()
                {
                    Tensor<F32> x = new GraphBuilder().Input<F32>("x", 4);
                    return TrainingStep.Build("t", x, new Sgd(0.1), []); // !SNT0001 scalar
                }
            }
            """);
    }

    private static IEnumerable<(string Name, string Text)> NotAllowed()
    {
        yield return ("file", Body("System.IO.File.WriteAllText(\"x\", \"y\"); return x; // !SNT0002 System.IO.File cannot be used"));
        yield return ("clock", Body("return x * DateTime.Now.Ticks; // !SNT0002 System.DateTime"));
        yield return ("random", Body("return x * new Random(1).NextDouble(); // !SNT0002 System.Random"));
        yield return ("environment", Body("return x * Environment.ProcessorCount; // !SNT0002 System.Environment"));
        yield return ("console", Body("Console.WriteLine(x.Shape); return x; // !SNT0002 System.Console"));
        yield return ("thread", Body("System.Threading.Thread.Sleep(1); return x; // !SNT0002 System.Threading.Thread"));
        yield return ("process", Body("System.Diagnostics.Process.Start(\"ls\"); return x; // !SNT0002 System.Diagnostics.Process"));
        yield return ("reflection", Body("return x * typeof(M).GetMethods().Length; // !SNT0002 Type.GetMethods"));
        yield return ("activator", Body("Activator.CreateInstance(typeof(M)); return x; // !SNT0002 System.Activator"));
        yield return ("hash code", Body("return x * \"a\".GetHashCode(); // !SNT0002 differ from run to run"));
        yield return ("culture", Body("return x * \"a\".ToUpper().Length; // !SNT0002 ToUpperInvariant"));
        yield return ("cultural search", Body("return x * (\"ab\".StartsWith(\"a\") ? 1 : 2); // !SNT0002 StringComparison.Ordinal"));
        yield return ("file in a field initialiser", Source.Layer("""
            private static readonly bool Known = System.IO.File.Exists("a"); // !SNT0002 System.IO.File
            protected override Tensor<F32> Forward(Tensor<F32> x) => Known ? x : x * 2;
            """));
        yield return ("parallel", Body("System.Threading.Tasks.Parallel.For(0, 3, i => { }); return x; // !SNT0002 Parallel"));
    }

    private static IEnumerable<(string Name, string Text)> Constructs()
    {
        yield return ("dynamic", Body("dynamic d = x; return d.Relu(); // !SNT0003 dynamic"));
        yield return ("async", Body("return Later(x).Result; // !SNT0003 an async method"));
        yield return ("stackalloc", Body("unsafe { int* p = stackalloc int[2]; p[0] = 1; } return x; // !SNT0003"));
        yield return ("ref local", Body("int[] a = [1]; ref int r = ref a[0]; r = 2; return x * a[0]; // !SNT0003 a ref local"));
        yield return ("expression tree", Body("System.Linq.Expressions.Expression<Func<int>> e = () => 1; return x; // !SNT0003 an expression tree"));
        yield return ("changed static field", Source.Layer("""
            private static int calls;
            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                calls++; // !SNT0003 'calls' is static
                return x * calls;
            }
            """));
        yield return ("event", Source.Layer("""
            private event Action? Done;
            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                Done += () => { }; // !SNT0003
                return x;
            }
            """));
        yield return ("thrown", Body("throw new InvalidOperationException(\"no\"); // !SNT0004 InvalidOperationException: no"));
        yield return ("null reference", Body("Layer? none = null; return none!.Call(x); // !SNT0004 NullReferenceException"));
        yield return ("index", Body("var a = new int[2]; return x * a[x.Rank + 5]; // !SNT0004 IndexOutOfRangeException"));
        yield return ("division", Body("int zero = x.Rank - 2; return x * (1 / zero); // !SNT0004 DivideByZeroException"));
        yield return ("cast", Body("Layer l = new ReLU(); return ((Linear)l).Call(x); // !SNT0004 InvalidCastException"));
    }

    private static IEnumerable<(string Name, string Text)> Limits()
    {
        yield return ("endless loop", Body("while (true) { } // !SNT0005 more than 5 million steps"));
        yield return ("endless recursion", Source.Layer("""
            protected override Tensor<F32> Forward(Tensor<F32> x) => Down(x, 0);
            private Tensor<F32> Down(Tensor<F32> x, int n) => Down(x, n + 1); // !SNT0005 too deeply
            """));
        yield return ("recursion through the library", Source.Layer("""
            protected override Tensor<F32> Forward(Tensor<F32> x) => Call(x); // !SNT0005 too deeply
            """));
        yield return ("endless iterator", Source.Layer("""
            protected override Tensor<F32> Forward(Tensor<F32> x) => x * Ones().First();
            private static IEnumerable<int> Ones() { while (true) yield return 1; } // !SNT0005
            """));
        yield return ("huge array", Body("var a = new double[1 << 30]; return x * a.Length; // !SNT0005 1073741824 elements"));
        yield return ("huge range", Body("return x * Enumerable.Range(0, int.MaxValue).ToList().Count; // !SNT0005"));
        yield return ("growing text", Body("string s = \"ab\"; while (true) s += s; // !SNT0005"));
    }

    private static IEnumerable<(string Name, string Text)> Attributes()
    {
        const string Identity = "{ protected override Tensor<F32> Forward(Tensor<F32> x) => x; }";
        yield return ("not partial", "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")]\nclass M : Layer // !SNT0006 'M' gets further members\n" + Identity);
        yield return ("container not partial", "class Outer // !SNT0006 'Outer'\n{\n[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")] partial class M : Layer\n" + Identity + "\n}");
        yield return ("generic class", "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")]\npartial class M<T> : Layer // !SNT0006 type parameters\n" + Identity);
        yield return ("no input", "[CompiledModel] // !SNT0007 a model needs its inputs\npartial class M : Layer\n" + Identity);
        yield return ("malformed input", "[CompiledModel(\"x f32[4]\")] // !SNT0007 is not an input\npartial class M : Layer\n" + Identity);
        yield return ("unknown symbol", "[CompiledModel(\"x: f32[N]\")] // !SNT0007 the symbol N is not declared\npartial class M : Layer\n" + Identity);
        yield return ("unknown type", "[CompiledModel(\"x: f31[4]\")] // !SNT0007 no element type 'f31'\npartial class M : Layer\n" + Identity);
        yield return ("malformed symbols", "[CompiledModel(\"x: f32[N]\", Symbols = \"N = 5\")] // !SNT0007 N = 1..256\npartial class M : Layer\n" + Identity);
        yield return ("empty range", "[CompiledModel(\"x: f32[N]\", Symbols = \"N = 5..2\")] // !SNT0007 range 5..2\npartial class M : Layer\n" + Identity);
        yield return ("integers to a layer", "[CompiledModel(\"x: i64[4]\")] // !SNT0007 a layer takes f32\npartial class M : Layer\n" + Identity);
        const string Head = "[CompiledModel(\"x: f32[4], k: i64[4]\")] // !";
        yield return ("another input", Head + "SNT0007 Forward takes no 'k'; its tensors are x\npartial class M : Module { public Tensor<F32> Forward(Tensor<F32> x) => x; }");
        yield return ("a missing input", Head + "SNT0007 Forward takes 'm.y', which is not among\npartial class M : Module { public Tensor<F32> Forward(Tensor<F32> x, Tensor<I64> k, (Tensor<F32> Y, Tensor<F32> Z) m) => x; }");
        yield return ("an input of another type", Head + "SNT0007 Forward takes 'k' as i32, the attribute says i64\npartial class M : Module { public Tensor<F32> Forward(Tensor<F32> x, Tensor<I32> k) => x; }");
        yield return ("a number without a default", Head + "SNT0007 parameter 'n' of Forward is of type int\npartial class M : Module { public Tensor<F32> Forward(Tensor<F32> x, Tensor<I64> k, int n) => x; }");
        yield return ("no tensors as a result", Head + "SNT0007 Forward gives int\npartial class M : Module { public int Forward(Tensor<F32> x, Tensor<I64> k) => 1; }");
        yield return ("null in a result", Head + "SNT0004 Forward gives null instead of the tensor 'b'\npartial class M : Module { public (Tensor<F32> A, Tensor<F32> B) Forward(Tensor<F32> x, Tensor<I64> k) => (x, null!); }");
        yield return ("two methods", Head + "SNT0007 'M' has 2 methods Forward\npartial class M : Module { public Tensor<F32> Forward(Tensor<F32> x) => x; public Tensor<F32> Forward(Tensor<F32> x, Tensor<I64> k) => x; }");
        yield return ("no method", Head + "SNT0008 'M' has no method Forward\npartial class M : Module { }");
        yield return ("a shape in a module", Head.Replace("// !", "") + "\npartial class M : Module { public Tensor<F32> Forward(Tensor<F32> x, Tensor<I64> k)\n => x + k.Cast<F32>().Reshape(3); } // !SNT0001 reshape");
        yield return ("no constructor", "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")] // !SNT0007 no constructor that can be called without arguments\n"
            + "partial class M(int n) : Layer { protected override Tensor<F32> Forward(Tensor<F32> x) => x * n; }");
        yield return ("no training method", "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\", Training = \"Train\")] // !SNT0007 'Train'\npartial class M : Layer\n" + Identity);
        yield return ("no file", "[CompiledModel(GraphFile = \"m.graph\")] // !SNT0007 no file named 'm.graph'\npartial class M { }");
        yield return ("no layer", "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")] // !SNT0008 'M' is no Module\npartial class M { }");
        yield return ("create of something else", "[CompiledModel] // !SNT0008 Create returns String\npartial class M { static string Create() => \"a\"; }");
        yield return ("abstract", "[CompiledModel(\"x: f32[N, 4]\", Symbols = \"N = 1..8\")] // !SNT0008 'M' is abstract\nabstract partial class M : Layer { }");
    }

    // What does not compile is the compiler's to tell.
    private static IEnumerable<(string Name, string Text)> Invalid()
    {
        yield return ("unknown method", Body("return x.Rellu(); // !CS1061"));
        yield return ("wrong type", Body("Tensor<F32> y = x.ArgMax(1); return y; // !CS0029"));
        yield return ("missing forward", Start + " { } // !CS0534");
        yield return ("missing return", Source.Layer("protected override Tensor<F32> Forward(Tensor<F32> x) { } // !CS0161"));
        yield return ("unassigned", Body("Tensor<F32> y; return y; // !CS0165"));
        yield return ("generated member in the model",
            Start + " // !SNT0014\n{ protected override Tensor<F32> Forward(Tensor<F32> x) => x * M.Compiled.Program.PeakBytes; }");
    }

    private static string Body(string statements)
    {
        string later = statements.Contains("Later(", StringComparison.Ordinal)
            ? "\nprivate async System.Threading.Tasks.Task<Tensor<F32>> Later(Tensor<F32> x) { await System.Threading.Tasks.Task.Yield(); return x; }"
            : "";
        return Source.Layer($"protected override Tensor<F32> Forward(Tensor<F32> x)\n{{\n{statements}\n}}{later}");
    }
}
