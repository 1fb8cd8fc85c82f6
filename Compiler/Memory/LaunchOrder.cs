using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Puts launches into an order that needs little memory. The order given computes what the results ask for, depth
/// first; a launch that frees more than it takes (a weight gradient that goes into an update at once, the last
/// reader of an activation) moves forward, to where its operands are there. In time linear in the launches.
/// </summary>
internal sealed class LaunchOrder
{
    // How many launches, each the only one that waits for those before, are looked at as one.
    private const int LongestChain = 6;

    // What more launches wait for starts no chain: looking through them would cost more than it finds.
    private const int MostFollowers = 32;

    private readonly IReadOnlyList<Step> steps;
    private readonly Func<Buffer, long> bytes;
    private readonly long most;
    private readonly List<int>[] next;

    // Launches before one that are not done, and users of a buffer that are not done: how many, and the sum of their
    // numbers, which is the number of the last.
    private readonly Rest[] pending;
    private readonly Dictionary<Buffer, Rest> unused = [];
    private readonly Dictionary<Buffer, int> users = [];
    private readonly bool[] done;
    private readonly List<Step> order;
    private readonly SortedSet<int> worthwhile = [];

    private LaunchOrder(
        IReadOnlyList<Step> steps, Func<Buffer, Buffer> storage, Func<Buffer, long> bytes, long most)
    {
        this.steps = steps;
        this.bytes = bytes;
        this.most = most;
        order = new List<Step>(steps.Count);
        done = new bool[steps.Count];
        next = Dependences(steps, storage);
        pending = new Rest[steps.Count];
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (int user in next[i])
            {
                pending[user] = pending[user].With(i);
            }

            foreach (Buffer buffer in steps[i].Buffers)
            {
                unused[buffer] = (unused.TryGetValue(buffer, out Rest rest) ? rest : default).With(i);
                users[buffer] = unused[buffer].Count;
            }
        }
    }

    /// <summary>A draft with its launches in the best order of three: as they are, with those in front that free
    /// memory, and with those too that only exchange it.</summary>
    public static PlanDraft Run(PlanDraft draft)
    {
        PlanDraft best = draft;
        long least = draft.LeastBytes();
        foreach (long most in new long[] { -1, 0 })
        {
            PlanDraft ordered = draft with { Run = Run(draft, most) };
            long bytes = ordered.LeastBytes();
            (best, least) = bytes < least ? (ordered, bytes) : (best, least);
        }

        return best;
    }

    private static List<Step> Run(PlanDraft draft, long most)
    {
        IReadOnlyList<Step> steps = draft.Run;
        var order = new LaunchOrder(
            steps, draft.Storage, buffer => draft.IsPassing(buffer) ? BufferPlanner.Bytes(buffer) : 0, most);
        for (int i = 0; i < steps.Count; i++)
        {
            while (i >= draft.FirstChange && order.worthwhile.Count > 0)
            {
                order.TakeChain(order.worthwhile.Min);
            }

            if (!order.done[i])
            {
                order.Take(i);
            }
        }

        return order.order;
    }

    // For each launch, those that must come after it: they read what it writes, or write what it touches.
    private static List<int>[] Dependences(IReadOnlyList<Step> steps, Func<Buffer, Buffer> storage)
    {
        var next = new List<int>[steps.Count];
        var writer = new Dictionary<Buffer, int>();
        var readers = new Dictionary<Buffer, List<int>>();
        for (int i = 0; i < steps.Count; i++)
        {
            next[i] = [];
            var before = new HashSet<int>();
            foreach (Buffer memory in steps[i].Buffers.Select(storage))
            {
                if (writer.TryGetValue(memory, out int wrote))
                {
                    before.Add(wrote);
                }
            }

            foreach (Buffer memory in steps[i].Written.Select(storage))
            {
                before.UnionWith(readers.TryGetValue(memory, out List<int>? read) ? read : []);
                writer[memory] = i;
                readers[memory] = [];
            }

            foreach (Buffer memory in steps[i].Read.Select(storage))
            {
                if (!readers.TryGetValue(memory, out List<int>? read))
                {
                    readers.Add(memory, read = []);
                }

                read.Add(i);
            }

            before.Remove(i);
            foreach (int from in before)
            {
                next[from].Add(i);
            }
        }

        return next;
    }

    private void Take(int launch)
    {
        done[launch] = true;
        worthwhile.Remove(launch);
        order.Add(steps[launch]);
        foreach (int user in next[launch])
        {
            pending[user] = pending[user].Without(launch);
            JudgeFor(user);
        }

        foreach (Buffer buffer in steps[launch].Buffers)
        {
            unused[buffer] = unused[buffer].Without(launch);
            if (unused[buffer].Count == 1)
            {
                JudgeFor(unused[buffer].Sum);
            }
        }
    }

    private void TakeChain(int launch)
    {
        worthwhile.Remove(launch);
        var (launches, net) = Chain(launch);
        if (net <= most)
        {
            launches.ForEach(Take);
        }
    }

    // A launch that can run may be worth it now; so may the only one that it waits for.
    private void JudgeFor(int launch)
    {
        int ready = pending[launch].Count switch
        {
            0 => launch,
            1 => pending[launch].Sum,
            _ => -1,
        };
        if (ready >= 0 && !done[ready] && pending[ready].Count == 0 && Chain(ready).Net <= most)
        {
            worthwhile.Add(ready);
        }
    }

    // The shortest chain from a launch that is worth it, and what it takes beyond what it frees.
    private (List<int> Launches, long Net) Chain(int launch)
    {
        var chain = new List<int>();
        var touched = new Dictionary<Buffer, int>();
        var met = new Dictionary<int, int>();
        long net = 0;
        for (int? one = launch; one is { } current; one = net > most ? Follower(current, chain, met) : null)
        {
            chain.Add(current);
            net += steps[current].Buffers.Sum(buffer => Net(buffer, touched));
        }

        return (chain, net);
    }

    // What a buffer takes or gives back with one launch more that touches it.
    private long Net(Buffer buffer, Dictionary<Buffer, int> touched)
    {
        int count = (touched.TryGetValue(buffer, out int before) ? before : 0) + 1;
        touched[buffer] = count;
        int left = unused[buffer].Count;
        long taken = left == users[buffer] && count == 1 ? bytes(buffer) : 0;
        return left == count ? taken - bytes(buffer) : taken;
    }

    // The launch that waits for nothing but the chain.
    private int? Follower(int last, List<int> chain, Dictionary<int, int> met)
    {
        if (chain.Count == LongestChain || next[last].Count > MostFollowers)
        {
            return null;
        }

        foreach (int user in next[last])
        {
            met[user] = (met.TryGetValue(user, out int count) ? count : 0) + 1;
        }

        foreach (int user in next[last])
        {
            if (met[user] == pending[user].Count)
            {
                return user;
            }
        }

        return null;
    }

    private readonly record struct Rest(int Count, int Sum)
    {
        public Rest With(int launch) => new(Count + 1, unchecked(Sum + launch));

        public Rest Without(int launch) => new(Count - 1, unchecked(Sum - launch));
    }
}
