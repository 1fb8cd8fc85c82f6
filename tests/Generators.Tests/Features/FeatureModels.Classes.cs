namespace Sinter.Generators.Tests.Features;

/// <content>Classes, inheritance, generics, records.</content>
internal static partial class FeatureModels
{
    private static IEnumerable<(string, string)> Classes()
    {
        yield return ("primary constructor", Forward("new Scale(3) { Shift = 2 }.Call(x)") + "\n---\n" + """
            class Scale(double factor) : Layer
            {
                public required double Shift { get; init; }
                protected override Tensor<F32> Forward(Tensor<F32> x) => x * factor + Shift;
            }
            """);
        yield return ("inheritance with base calls", Forward("new Twice().Call(x)") + "\n---\n" + """
            abstract class Base(double a) : Layer
            {
                protected double A { get; } = a;
                protected virtual double Factor() => A + 1;
                protected override Tensor<F32> Forward(Tensor<F32> x) => Then(x * Factor());
                protected abstract Tensor<F32> Then(Tensor<F32> x);
                public virtual string Label => "base";
            }
            class Middle() : Base(2)
            {
                protected override double Factor() => base.Factor() * 10;
                protected override Tensor<F32> Then(Tensor<F32> x) => x + 1;
                public override string Label => base.Label + "!";
            }
            sealed class Twice : Middle
            {
                protected override double Factor() => base.Factor() + 0.5;
                protected override Tensor<F32> Forward(Tensor<F32> x) => base.Forward(base.Forward(x)) + Label.Length;
            }
            """);
        yield return ("generic stack of blocks", """
            private readonly Stack<Block> stack;
            public M() => stack = Register("stack", new Stack<Block>(3, i => new Block { K = i }));
            """ + "\n" + Forward("stack.Call(x)") + "\n---\n" + """
            class Block : Layer
            {
                private readonly Linear l;
                public int K { get; init; }
                public Block() => l = Register("l", new Linear(4, 4));
                protected override Tensor<F32> Forward(Tensor<F32> x) => l.Call(x) * K + x;
            }
            class Stack<TLayer> : Layer where TLayer : Layer
            {
                private readonly List<TLayer> layers = [];
                public Stack(int count, Func<int, TLayer> make)
                {
                    for (int i = 0; i < count; i++)
                        layers.Add(Register($"block{i}", make(i)));
                }
                protected override Tensor<F32> Forward(Tensor<F32> x) => layers.Aggregate(x, (y, l) => l.Call(y));
            }
            """);
        yield return ("new of a type parameter", Forward("Make<Doubler>(2).Call(Make<Doubler>(1).Call(x))") + """

            static Layer Make<T>(int n) where T : Layer, IHasFactor, new() { var t = new T { Factor = n }; return t; }
            ---
            interface IHasFactor { double Factor { get; set; } }
            class Doubler : Layer, IHasFactor
            {
                public double Factor { get; set; } = 5;
                protected override Tensor<F32> Forward(Tensor<F32> x) => x * Factor;
            }
            """);
        yield return ("static abstract members", Forward("x * Sum<Two>(3)") + """

            static double Sum<T>(int n) where T : IValue => Enumerable.Range(0, n).Sum(i => T.Value + i) + T.Of(1);
            ---
            interface IValue { static abstract double Value { get; } static virtual double Of(int i) => i; }
            struct Two : IValue { public static double Value => 2; public static double Of(int i) => i * 100; }
            """);
        yield return ("interfaces with default members", Forward("Use(new A(), x) + Use(new B(), x)") + """

            static Tensor<F32> Use(IStep s, Tensor<F32> x) => s.Twice(x);
            ---
            interface IStep { Tensor<F32> Once(Tensor<F32> x); Tensor<F32> Twice(Tensor<F32> x) => Once(Once(x)); }
            class A : IStep { public Tensor<F32> Once(Tensor<F32> x) => x + 1; }
            class B : IStep { Tensor<F32> IStep.Once(Tensor<F32> x) => x * 2; public Tensor<F32> Twice(Tensor<F32> x) => x.Relu(); }
            """);
        yield return ("records and with", Body("""
            var a = new Config(2, "a") { Extra = 7 };
            var b = a with { Width = 3 };
            var (w, n) = b;
            Config c = new Derived(3, "a", 9) { Extra = 7 };
            string text = a.ToString() + c;
            return x * w + n.Length + (a == b ? 100 : 1) + (a == (b with { Width = 2 }) ? 10 : 0) + text.Length + (c == b ? 5 : 0);
            """) + "\n---\n" + """
            record Config(int Width, string Name) { public int Extra { get; init; } = 1; public int Twice => Width * 2; }
            record Derived(int Width, string Name, double More) : Config(Width, Name);
            """);
        yield return ("record struct and dictionary keys", Body("""
            var d = new Dictionary<Key, double> { [new Key(1, "a")] = 2, [new Key(2, "b")] = 3 };
            d[new Key(1, "a")] += 10;
            return x * d[new Key(1, "a")] + d.Count;
            """) + "\n---\n" + "readonly record struct Key(int A, string B);");
        yield return ("structs are values", Body("""
            var a = new Pair { A = 1, B = 2 };
            Pair b = a;
            b.A = 10;
            Change(b);
            var list = new Pair[2];
            list[0].A = 4;
            Pair c = default;
            c.B += 3;
            return x * a.A + b.A + list[0].A + list[1].B + c.Sum();
            """) + """

            static void Change(Pair p) => p.B = 1000;
            ---
            struct Pair { public int A; public int B; public readonly int Sum() => A + B; }
            """);
        yield return ("user operators and conversions", Body("""
            Factor f = 3;
            Factor g = f * new Factor(2) + -f;
            g += 1;
            bool big = g > f;
            return x * (double)g + (big ? 1 : 0);
            """) + "\n---\n" + """
            sealed class Factor(double value)
            {
                public double Value => value;
                public static implicit operator Factor(int v) => new(v);
                public static explicit operator double(Factor f) => f.Value;
                public static Factor operator *(Factor a, Factor b) => new(a.Value * b.Value);
                public static Factor operator +(Factor a, Factor b) => new(a.Value + b.Value);
                public static Factor operator -(Factor a) => new(-a.Value);
                public static bool operator >(Factor a, Factor b) => a.Value > b.Value;
                public static bool operator <(Factor a, Factor b) => a.Value < b.Value;
            }
            """);
        yield return ("extension methods", Forward("x.Shift(2).Apply(y => y.Relu()).Apply(Ext.Half)") + "\n---\n" + """
            static class Ext
            {
                public static Tensor<F32> Shift(this Tensor<F32> x, double by = 1) => x + by;
                public static T Apply<T>(this T x, Func<T, T> f) => f(x);
                public static Tensor<F32> Half(Tensor<F32> x) => x * 0.5;
            }
            """);
        yield return ("indexers and overloads", Body("""
            var t = new Table();
            t[1, "a"] = 4;
            t[2] = 5;
            return x * t[1, "a"] + t[2] + t.Get(1) + t.Get(1.5) + t.Get("s", 1, 2, 3);
            """) + "\n---\n" + """
            class Table
            {
                private readonly Dictionary<string, double> d = new();
                public double this[int i, string s] { get => d[s + i]; set => d[s + i] = value; }
                public double this[int i] { get { return d["x" + i]; } set { d["x" + i] = value * 2; } }
                public double Get(int i) => i;
                public double Get(double i) => i * 10;
                public double Get(string s, params int[] more) => s.Length + more.Sum();
            }
            """);
        yield return ("nested generic types", Forward("new Outer<double>.Inner<int>(2, 3).Value(x)") + "\n---\n" + """
            class Outer<A>
            {
                public class Inner<B>(A a, B b)
                {
                    private readonly List<(A, B)> items = [(a, b)];
                    public Tensor<F32> Value(Tensor<F32> x) => x * Convert.ToDouble(items[0].Item1) + typeof(B).Name.Length + items.Count;
                }
            }
            """);
        yield return ("static fields", Forward("x * Table[1] + Count + Names.First").ReplaceLineEndings("\n") + """

            private static readonly double[] Table = [1, 2.5, 3];
            private const int Count = 3;
            private static class Names { public static int First { get; } = Make(); private static int Make() => Table.Length * 2; static Names() { } }
            """);
        yield return ("module with several calls of one layer", """
            private readonly Linear shared;
            private readonly Tensor<F32> scale;
            public M() { shared = Register("shared", new Linear(4, 4)); scale = Parameter("scale", Initializer.Ones, 4); }
            protected override Tensor<F32> Forward(Tensor<F32> x) => shared.Call(shared.Call(x)) * scale;
            """);
        yield return ("virtual call from a base constructor", Forward("new Late().Call(x)") + "\n---\n" + """
            abstract class Early : Layer
            {
                protected readonly int size;
                protected Early() => size = Size();
                protected abstract int Size();
                protected override Tensor<F32> Forward(Tensor<F32> x) => x * size;
            }
            class Late : Early { private readonly int n = 6; protected override int Size() => n; }
            """);
        yield return ("constructors that chain", Forward("new Chained().Call(x)") + "\n---\n" + """
            class Chained : Layer
            {
                private readonly double a = 1, b;
                public Chained() : this(4) => a += 10;
                public Chained(double b) : base() { this.b = b; }
                protected override Tensor<F32> Forward(Tensor<F32> x) => x * a + b;
            }
            """);
    }
}
