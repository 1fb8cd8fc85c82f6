using Sinter.Runtime.Cuda;

// Prints what Sinter would use on this machine, and what it looked for in vain. With --require-cuda, a machine on which
// no CUDA device would be used is an error.
bool requiresCuda = args is ["--require-cuda"];
if (args.Length > 0 && !requiresCuda)
{
    Console.Error.WriteLine("usage: Doctor [--require-cuda]");
    return 2;
}

IReadOnlyList<DoctorRow> rows = Doctor.Report(Doctor.Examine());
int width = rows.Max(row => row.Name.Length);
string section = "";
foreach (DoctorRow row in rows)
{
    if (row.Section != section)
    {
        section = row.Section;
        Console.WriteLine(section);
    }

    Console.WriteLine($"  {(row.IsProblem ? '!' : ' ')} {row.Name.PadRight(width)}  {row.Value}");
}

bool usesCuda = rows[^1].Value.StartsWith("cuda:", StringComparison.Ordinal);
return requiresCuda && !usesCuda ? 1 : 0;
