namespace Sinter.Generators.Tests.Features;

/// <content>Types of the library and the system.</content>
internal static partial class FeatureModels
{
    private static IEnumerable<(string, string)> Types()
    {
        yield return ("a loop", """
            private readonly Tensor<F32> input;
            private readonly Tensor<F32> hidden;
            public M() { input = Parameter("input", Initializer.Uniform(-1, 1), 4, 8); hidden = Parameter("hidden", Initializer.Uniform(-1, 1), 2, 8); }
            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                Tensor<F32> steps = x.Unsqueeze(1).Expand(x.Shape[0], 3, 4);
                var (last, all) = Functional.Scan((Tensor<F32>.Full(0, 3, 2), Tensor<F32>.Full(0, 3, 2)), steps, (state, slice) =>
                {
                    var (h, c) = state;
                    Tensor<F32> gates = slice.MatMul(input) + h.MatMul(hidden);
                    Tensor<F32> Gate(int i) => gates.Slice(1, 2 * i, 2 * i + 2);
                    Tensor<F32> next = Gate(0).Sigmoid() * c + Gate(1).Sigmoid() * Gate(2).Tanh();
                    return ((Gate(3).Sigmoid() * next.Tanh(), next), h);
                }, reversed: true);
                var scan = new ScanBuilder(all.Shape[0]);
                Tensor<F32> sum = scan.Carry(last.First);
                scan.Next(sum, sum + scan.Slice(all) * scan.Position().Cast<F32>());
                return scan.Last(sum) + Functional.Scan(last.Second, (all, all), (h, pair) => (h * pair.First, pair.Second)).Last;
            }
            """);
        yield return ("branches", """
            private readonly Linear early = new(4, 2); private readonly Linear late = new(4, 2);
            public M() { Register("early", early); Register("late", late); }
            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                Tensor<F32> first = early.Call(x);
                Tensor<F32> y = Functional.Cond((first.Max(1) > 0.5).All(), () => first, () => late.Call(x.Tanh()));
                var (a, b) = Functional.Cond(y.Sum() > 0, () => (y, x), () => (y * 2, x.Sin()));
                return a.Sum(1, keepDims: true) + Functional.Cond((b > 0).Any(), b, b => b.Exp(), b => b);
            }
            """);
        yield return ("tensor operations", Body("""
            Tensor<Bool> mask = (x > 0) & ~(x >= 1) | x.EqualTo(0.5); Tensor<F32> y = Tensor.Where(mask, x, x * 2);
            y = y.Sum(1, keepDims: true).Expand(x.Shape) + x.Max() - x.Mean([0, 1]) + x.Clamp(-1, 1).Pow(2) / 3 - 1 / (x.Square() + 1);
            Tensor<I64> best = y.ArgMax(1); Tensor<F32> hot = best.OneHot<F32>(4);
            return y.Slice(1, 0, 4, 2).Pad(1, 1, 1) * hot + y.Tanh().Exp().Log1p().Roll(1, 1).Flip(1) + best.Cast<F32>().Unsqueeze(1);
            """));
        yield return ("constants and iota", Body("""
            Tensor<F32> table = Tensor<F32>.Of([.. Enumerable.Range(0, 4).Select(i => Math.Sin(i))], 4);
            Tensor<F32> positions = Tensor<F32>.Iota(new Shape(4), 0);
            return x * table + positions + Tensor<F32>.Full(0.1, 1, 4);
            """));
        yield return ("dimensions", Body("""
            Dimension n = x.Shape[0]; Dimension both = n * 4; bool known = x.Shape[1].IsStatic; int w = (int)x.Shape[1].Value;
            return x.Reshape(both).Reshape(n, w / 2, 2).Flatten(1) * (known ? w : 0) + x.Shape.Rank + x.Shape.Select(d => d.Coefficient).Sum();
            """));
        yield return ("sizes are an algebra", Body("""
            Dimension n = x.Shape[0]; Symbol t = Symbol.Create("N", 1, 8); Dimension more = n + 1, half = (n + 2 * 1 - 1) / 2 + 0;
            Tensor<F32> both = Tensor.Concat(0, x, x.Slice(0, 0, Dimension.Minimum(n, 3)), x.Slice(0, t - 1));
            bool same = t + 1 == more && 1 + t == more && more - n == 1 && n % 2 is not { IsStatic: true } && -n + n == 0;
            return both.Slice(0, half, half + Dimension.Ceiling(n, 2)).Mean([0], keepDims: true) * x * (same ? 2 : 3) + Tensor<F32>.Size(more) + half.Min;
            """));
        yield return ("initializers", """
            private readonly Tensor<F32> a, b;
            public M()
            {
                Initializer chosen = true ? Initializer.XavierUniform(4, 4) : Initializer.Zeros;
                a = Parameter("a", chosen, 4, 4);
                b = Parameter("b", Initializer.Normal(0, 0.02) with { A = 1 }, 4);
            }
            protected override Tensor<F32> Forward(Tensor<F32> x) => x.MatMul(a) + b;
            """);
        yield return ("module tree", """
            private readonly Linear l;
            public M() { l = Register("l", new Linear(4, 4)); Register("empty", new Sequential()); }
            protected override Tensor<F32> Forward(Tensor<F32> x) =>
                l.Call(x) * Children.Count + l.Path.Length + Parameters.Count() + l.Weight.Shape[0].Coefficient + GetType().Name.Length + ModelSummary.Of(this).Length;
            """);
        yield return ("system collections", Body("""
            var queue = new Queue<int>([1, 2, 3]); queue.Enqueue(queue.Dequeue()); var stack = new Stack<double>(); stack.Push(2.5);
            var set = new HashSet<int> { 1, 2 }; set.UnionWith([2, 3]); var dict = Enumerable.Range(0, 3).ToDictionary(i => $"k{i}", i => i * i);
            double sum = 0; foreach (var (key, value) in dict) sum += key.Length * value; foreach (KeyValuePair<string, int> kv in dict) sum += kv.Value;
            var list = new List<int> { 3, 1, 2 }; list.Sort(); list.RemoveAt(0); list.Insert(0, 9); list.AddRange([4, 5]); Array.Reverse(new[] { 1 });
            return x * sum + queue.Peek() + stack.Pop() + set.Count + list[0] + list.FindIndex(i => i == 4) + string.Join("", list).Length;
            """));
        yield return ("newer library methods", Body("""
            ArgumentOutOfRangeException.ThrowIfLessThan(x.Rank, 1); ArgumentNullException.ThrowIfNull(x);
            return x * Math.Clamp(5, 1, 3) + MathF.Sqrt(2f) + new[] { 1, 2, 3 }.Chunk(2).Count() + new[] { 1, 2 }.MaxBy(i => -i);
            """));
        yield return ("partial class in two files", """
            [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")]
            partial class M : Layer { private readonly double a = 2; partial void Hook(ref double d); private partial double Value(); }
            partial class M { protected override Tensor<F32> Forward(Tensor<F32> x) { double d = a; Hook(ref d); return x * d + Value(); } partial void Hook(ref double d) => d++; private partial double Value() => 9; }
            """);
        yield return ("properties of every kind", Forward("x * new P { C = 3, D = 8 }.Sum()") + "\n---\n" + """
            class P
            {
                private int b = 2;
                public int A { get; } = 1;
                public int B { get => b; set => b = value; }
                public int C { get; set; }
                public int D { get => field; set => field = value * 10; }
                public int E => A + B;
                public static int F { get; } = 100;
                public int Sum() { B += 5; C++; return A + B + C + D + E + F; }
            }
            """);
        yield return ("many structs of the library", Body("""
            Size2d k = 3; Size2d s = k with { Width = 5 }; Padding2d p = (1, 2); var size = new Size2d(2, 3);
            return x * (k.Height + s.Width + size.Height) + p.ToString().Length + (k == new Size2d(3, 3) ? 1 : 0);
            """));
        yield return ("anonymous types and lazies", Body("""
            var items = new[] { new { N = "a", V = 1 }, new { N = "b", V = 2 } }; bool same = items[0].Equals(new { N = "a", V = 1 });
            return x * items.ToDictionary(i => i.N)["b"].V + (same ? 1 : 0) + items[0].ToString()!.Length + items.Distinct().Count();
            """));
    }
}
