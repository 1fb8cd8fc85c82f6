using Sinter.Runtime.Cuda;

// Prints what Sinter would use on this machine, and what it looked for in vain. With --check, the CUDA devices are
// tried out, and a machine without one that works is an error.
bool checks = args is ["--check"];
if (args.Length > 0 && !checks)
{
    Console.Error.WriteLine("usage: Doctor [--check]");
    return 2;
}

DoctorFacts facts = Doctor.Examine();
Print(Doctor.Report(facts));
bool works = facts.Devices.Count > 0;
foreach (CudaDevice device in checks ? facts.Devices : [])
{
    IReadOnlyList<DoctorRow> rows = DeviceCheck.Run(device);
    Print([.. rows.Select(row => row with { Section = $"cuda:{device.Index} {row.Section}" })]);
    works &= !rows.Any(row => row.IsProblem);
}

return checks && !works ? 1 : 0;

static void Print(IReadOnlyList<DoctorRow> rows)
{
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
}
