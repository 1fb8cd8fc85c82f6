namespace Sinter.Generators.Tests.Features;

/// <content>Statements.</content>
internal static partial class FeatureModels
{
    private static IEnumerable<(string, string)> Statements()
    {
        yield return ("loops", Body("""
            for (int i = 0, j = 3; i < j; i++) { if (i == 1) continue; x = x + i; }
            int k = 0;
            while (true) { if (++k > 2) break; x = x * 2; }
            do { x = x + 0.5; k--; } while (k > 0);
            foreach (var (a, b) in new[] { (1, 2.0), (3, 4.0) }) x = x * a + b;
            for (; ; ) { break; }
            return x;
            """));
        yield return ("switch statements", Body("""
            for (int i = 0; i < 5; i++)
            {
                switch (i)
                {
                    case 0: x = x + 1; break;
                    case 1: case 2: x = x * 2; goto case 3;
                    case 3 when x.Rank == 2: x = x - 1; break;
                    case 3: x = x - 100; break;
                    default: x = x.Relu(); break;
                }
            }
            object o = "text";
            switch (o) { case int n: x = x + n; break; case string { Length: > 2 } s: x = x + s.Length; break; }
            return x;
            """));
        yield return ("exceptions", Body("""
            try { throw new InvalidOperationException("a"); }
            catch (InvalidOperationException e) when (e.Message == "b") { x = x * 100; }
            catch (Exception e) { x = x + e.Message.Length; }
            finally { x = x * 2; }
            try { try { x.Reshape(7, 7, 7); } catch (GraphException) { x = x + 3; throw; } } catch (GraphException e) { x = x + (e.Operation ?? "").Length; }
            try { var few = new int[2]; _ = few[x.Rank + 3]; } catch (IndexOutOfRangeException) { x = x - 1; }
            try { int z = 0; _ = 1 / z; } catch (DivideByZeroException) { x = x - 2; }
            try { throw new Mine(4); } catch (Mine m) { x = x * m.Code; }
            return x;
            """) + "\n---\nclass Mine(int code) : Exception(\"mine\") { public int Code => code; }");
        yield return ("local functions", Body("""
            int count = 0;
            Tensor<F32> Add(Tensor<F32> y, int n) { count++; return n == 0 ? y : Add(y + n, n - 1); }
            static double Twice(double d) => d * 2;
            T Same<T>(T t) => t;
            x = Add(x, 3);
            Func<double, double> f = Twice;
            return x * count + f(Same(1.5));
            """));
        yield return ("closures see variables", Body("""
            var adders = new List<Func<int>>();
            for (int i = 0; i < 3; i++) adders.Add(() => i);
            foreach (int j in new[] { 5, 6 }) adders.Add(() => j);
            for (int i = 0; i < 2; i++) { int inner = i * 100; adders.Add(() => inner++); }
            int total = 0;
            Action<int> more = n => total += n;
            adders.ForEach(a => more(a()));
            more(adders[^1]());
            return x * total;
            """));
        yield return ("iterators", Body("""
            foreach (int i in Numbers(4)) x = x + i;
            return x * Numbers(3).Sum() + Numbers(2).Skip(1).First();
            """) + """

            static IEnumerable<int> Numbers(int n) { for (int i = 1; i <= n; i++) { if (i == 4) yield break; yield return i; } }
            """);
        yield return ("using and goto", Body("""
            int i = 0;
            again:
            x = x + 1;
            if (++i < 3) goto again;
            var log = new List<string>();
            using (new Scope(log, "a")) { x = x * 2; }
            { using var s = new Scope(log, "b"); x = x + log.Count; }
            lock (log) { x = x + log.Count * 10; }
            return x;
            """) + "\n---\nsealed class Scope(List<string> log, string n) : IDisposable { public void Dispose() => log.Add(n); }");
        yield return ("own enumerable", Body("""
            foreach (double d in new Range3()) x = x + d;
            return x;
            """) + "\n---\n" + """
            class Range3
            {
                public E GetEnumerator() => new();
                public class E { private int i = -1; public double Current => i * 1.5; public bool MoveNext() => ++i < 3; }
            }
            """);
        yield return ("ref and out", Body("""
            int a = 1; Bump(ref a, out int b);
            var d = new Dictionary<string, int> { ["k"] = 5 };
            bool found = d.TryGetValue("k", out var v);
            int.TryParse("42", out int parsed);
            return x * a + b + (found ? v : 0) + parsed;
            """) + "\nstatic void Bump(ref int a, out int b) { a += 5; b = a * 2; }");
        yield return ("deconstruction", Body("""
            (int a, (double b, string c)) = (1, (2.5, "xyz"));
            var (p, q) = new KeyValuePair<int, double>(3, 4);
            (a, int e) = (e: 10, a: 20);
            (double u, long w) = (1, 2);
            _ = x;
            (a, e) = (e, a);
            return x * a + b + c.Length + p + q + e + u + w;
            """));
        yield return ("split and combine", Body("""
            Tensor<F32>[] parts = x.Split(1, axis: 1);
            Tensor<F32> sum = parts[0];
            foreach (Tensor<F32> part in parts[1..]) sum += part;
            var (first, rest) = (parts.First(), parts.Skip(1).ToArray());
            return Tensor.Concat(1, [sum, .. rest, first]);
            """));
    }
}
