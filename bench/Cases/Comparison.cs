namespace Sinter.Bench.Cases;

/// <summary>Ours and the peers in turns.</summary>
internal static class Comparison
{
    /// <summary>Times ours, then the peers where they are asked for, then ours again.</summary>
    /// <param name="session">The run.</param>
    /// <param name="task">What the peers do.</param>
    /// <param name="name">The model.</param>
    /// <param name="threads">How many threads each may use.</param>
    /// <param name="subject">Ours.</param>
    /// <param name="timing">Receives our times.</param>
    /// <returns>The fastest peer; null where there is none.</returns>
    public static PeerTime? Run(
        Session session, PeerTask task, string name, int threads, Subject subject, Timing timing)
    {
        if (session.Peers is not { } peers)
        {
            Measure.Alternate(session.Options.Seconds, (subject, timing));
            return null;
        }

        Measure.Alternate(session.Options.Seconds / 2, (subject, timing));
        PeerTime? fastest = peers.Fastest(task, name, threads);
        Measure.Alternate(session.Options.Seconds / 2, (subject, timing));
        return fastest;
    }
}
