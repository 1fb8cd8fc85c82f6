namespace Sinter.Generators.Tests.Features;

/// <content>Expressions.</content>
internal static partial class FeatureModels
{
    private static IEnumerable<(string, string)> Expressions()
    {
        yield return ("arithmetic", Body("""
            int i = 7; uint u = 3; long l = 1L << 40; float f = 0.1f; byte b = 250; short s = -3; char c = 'a'; ulong ul = 9; decimal m = 1.5m; double d0 = 0.25;
            unchecked { b += 10; } i <<= 2; i ^= 5; i |= 64; i &= ~1; i %= 50; l >>= 38; f += 0.2f; s--; c++; u *= 2; i = -i;
            double d = i / 4 + i / 4.0 + u + l + f + b + s + c + (double)m + ul + (i >>> 28) + (int)3.99 + (byte)(d0 * 300.7) % 5;
            return x * d + (1 > 2 | true & !false ^ true ? 1 : 2) + Math.Sqrt(2) + Math.Pow(2, 0.5) + 5 % -3;
            """));
        yield return ("checked arithmetic", Body("""
            try { checked { int i = int.MaxValue; i++; } } catch (OverflowException) { x = x + 1; }
            try { _ = checked((byte)(x.Rank + 300)); } catch (OverflowException) { x = x + 2; }
            return x + unchecked(int.MaxValue + x.Rank);
            """));
        yield return ("nullable values", Body("""
            int? a = null; int? b = 4; int? c = a + b; bool? t = null;
            a ??= 3; double? d = b * 1.5; b++;
            return x * (a ?? 0) + b.Value + (c.HasValue ? 100 : 1) + d.GetValueOrDefault() + (a < b ? 1 : 0) + (t == true ? 7 : 8) + (c ?? b ?? 9);
            """));
        yield return ("conditional access", Body("""
            string? none = null; List<int>? list = [1, 2];
            Layer? layer = x.Rank == 2 ? new ReLU() : null;
            x = layer?.Call(x) ?? x;
            return x + (none?.Length ?? 5) + (list?[1] ?? 0) + (none?.Trim().Length.ToString() ?? "abc").Length;
            """));
        yield return ("patterns", Body("""
            object[] things = [1, 2.5, "text", new[] { 1, 2, 3 }, (4, 5), null!, 'c', new P(3, 4), new List<int> { 1, 9 }];
            double sum = 0;
            foreach (object o in things)
                sum += o switch
                {
                    int and > 0 and < 10 => 1,
                    double d when d > 2 => d,
                    string { Length: var n } and not "other" => n,
                    int[] and [var first, .. var rest] => first + rest.Length * 10,
                    (int a, int b) => a * b,
                    P { A: 3, B: > 3 } p => p.A * 100,
                    null => 1000,
                    char and ('a' or 'c') => 2000,
                    List<int> and [.., 9] => 4000,
                    _ => -1,
                };
            return x * sum + (x is { Rank: 2 or 3, Shape: [_, var w] } ? (double)w.Coefficient : 0) + (sum is not 5 ? 1 : 0);
            """) + "\n---\nrecord P(int A, int B);");
        yield return ("linq", Body("""
            var q = from i in Enumerable.Range(1, 6)
                    where i % 2 == 0
                    let sq = i * i
                    orderby sq descending
                    select new { i, sq };
            int total = q.Sum(p => p.i + p.sq);
            var groups = new[] { "a", "bb", "cc" }.GroupBy(s => s.Length).ToDictionary(g => g.Key, g => g.Count());
            var zip = new[] { 1, 2 }.Zip(new[] { 3, 4 }, (a, b) => a * b).ToList();
            var joined = from a in new[] { 1, 2 } from b in new[] { 10, 20 } select a + b;
            return x * total + groups[2] + zip[1] + joined.Max() + new[] { 3, 1, 2 }.OrderBy(v => v).ThenBy(v => -v).First();
            """));
        yield return ("linq over layers", """
            private readonly Layer[] layers;
            public M() => layers = [.. new[] { 4, 8, 4 }.Zip([8, 4, 2]).Select((p, i) => Register("l" + i, new Linear(p.First, p.Second)))];
            protected override Tensor<F32> Forward(Tensor<F32> x) =>
                layers.OfType<Linear>().Aggregate(x, (y, l) => l.Call(y).Relu()) * layers.Sum(l => l.Parameters.Count()) + layers.Length;
            """);
        yield return ("collection expressions", Body("""
            int[] a = [1, 2]; List<int> b = [.. a, 3]; IEnumerable<double> c = [1, .. new[] { 2.5 }]; HashSet<string> d = ["x", "x", "y"];
            IReadOnlyList<Dimension> dims = [x.Shape[0], 2, 2]; int[][] jagged = [[1], [2, 3], []];
            Dictionary<string, int> map = new() { { "a", 1 }, { "b", 2 } };
            return x.Reshape([.. dims]) * b.Sum() + c.Last() + d.Count + jagged.Sum(j => j.Length) + map["b"];
            """));
        yield return ("arrays and ranges", Body("""
            int[] a = { 1, 2, 3, 4, 5 }; double[,] grid = { { 1, 2 }, { 3, 4 } }; var made = new int[3]; made[^1] = 7;
            grid[1, 0] *= 10; a[^2]++; string text = "hello"; var list = new List<int> { 9, 8, 7 }; Index end = ^1; Range mid = 1..3;
            return x * a[1..^1].Sum() + grid[1, 0] + made[2] + text[1..].Length + text[^1] + list[^1] + a[end] + a[mid].Length
                + grid.GetLength(1) + (a.Contains(2) ? 1 : 0);
            """));
        yield return ("strings", Body("""
            string name = $"block{3}.{1.5:F2}|{"r",4}|{"l",-3}|{x.Rank}" + 'c' + 2 + true + null;
            string built = string.Join(",", new[] { 1, 2 }) + name.Replace("b", "xx").ToUpperInvariant() + string.Concat("a", "b") + nameof(x);
            string invariant = FormattableString.Invariant($"{1.25}");
            var sb = new System.Text.StringBuilder(); sb.Append(1.5.ToString(CultureInfo.InvariantCulture)).Append('x', 2);
            return x * built.Length + name.IndexOf('c') + invariant.Length + sb.ToString().Length + (name == built ? 1 : 0) + (name.StartsWith("block", StringComparison.Ordinal) ? 3 : 0);
            """));
        yield return ("delegates", Body("""
            Func<Tensor<F32>, Tensor<F32>> act = Functional.Relu; Act mine = y => y * 2; Act other = Negated; Predicate<int> even = i => i % 2 == 0;
            Func<int, int, int, double> three = (a, b, c) => a + b * c; Func<int, int, int, int, int> four = (a, b, c, d) => a + b + c + d;
            Func<Func<int, int>, int> high = f => f(5); Act? nothing = null;
            return other(mine(act(x))) * three(1, 2, 3) + four(1, 2, 3, 4) + high(v => v + 1) + (even(4) ? 1 : 0) + new[] { 1, 2 }.Count(new Func<int, bool>(i => even(i))) + (nothing is null ? 1 : 2);
            """) + "\nstatic Tensor<F32> Negated(Tensor<F32> x) => -x;\n---\ndelegate Tensor<F32> Act(Tensor<F32> x);");
        yield return ("tuples", Body("""
            (int A, string B) t = (1, "b"); var u = (t.A, t.B, C: 2.5); t.A = 9; var copy = t; copy.A++;
            (double, int) wide = (3, 4); bool same = (1, 2) == (1, 2) && u != (1, "c", 2.5);
            List<(string Name, int N)> list = [("a", 1), ("b", 2)];
            return x * t.A + copy.A + u.C + wide.Item1 + (same ? 1 : 0) + list.Sum(i => i.N) + list.Single(i => i.Name == "b").N;
            """));
        yield return ("enumerations", Body("""
            Mode m = Mode.A | Mode.C; m &= ~Mode.A; Mode parsed = (Mode)2; var names = Enum.GetNames(typeof(Mode));
            double v = m switch { Mode.C => 1, Mode.B => 2, _ => 3 };
            return x * v + (int)m + (m.HasFlag(Mode.C) ? 1 : 0) + m.ToString().Length + (parsed == Mode.B ? 5 : 6) + names.Length + (Mode.B > Mode.A ? 1 : 0) + typeof(Mode).Name.Length;
            """) + "\n---\n[Flags] enum Mode { A = 1, B = 2, C = 4 }");
        yield return ("conversions", Body("""
            object o = 5; int i = (int)o; Layer l = new ReLU(); bool isRelu = l is ReLU; Linear? no = l as Linear; IEnumerable<object> objects = new[] { "a" };
            long n = i; double d = n; float f = (float)d; Dimension dim = i; Size2d size = (1, 2); dynamicless(d);
            try { _ = (Linear)l; } catch (InvalidCastException) { x = x + 1; }
            return x * d + f + (isRelu ? 1 : 0) + (no is null ? 2 : 0) + objects.Count() + (double)dim.Coefficient + size.Width + default(int) + (default(string) ?? "z").Length;
            """) + "\nstatic void dynamicless(double d) { }");
        yield return ("spans", Body("""
            ReadOnlySpan<int> s = [1, 2, 3]; int sum = 0; foreach (int v in s) sum += v;
            return x * sum + s.Length + s[1];
            """));
        yield return ("lambda features", Body("""
            var add = (int a, int b = 10) => a + b; Func<int, Func<int, int>> curried = a => b => a * b; Func<int> constant = static () => 7;
            Func<int, int> fact = null!; fact = n => n < 2 ? 1 : n * fact(n - 1);
            return x * add(1) + curried(3)(4) + constant() + fact(5);
            """));
    }
}
