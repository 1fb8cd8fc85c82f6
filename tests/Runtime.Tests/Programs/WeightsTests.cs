using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;
using Kinds = Sinter.Runtime.Programs.StateKind;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>Loading and saving the weights of a model: what does not fit is told and changes nothing.</summary>
public sealed class WeightsTests : IDisposable
{
    private const string Path = "model.safetensors";

    private static readonly EmptyProgram Program = new(state:
    [
        EmptyProgram.Parameter("encoder.0.weight", ElementType.F32, 2, 3),
        EmptyProgram.Parameter("encoder.0.bias", ElementType.F32, 2),
        EmptyProgram.Parameter("step", ElementType.I64) with { Kind = Kinds.Optimizer },
    ]);

    private readonly TemporaryFolder folder = new();
    private readonly ModelState state = new(1, Program);

    public WeightsTests()
    {
        state.Set<float>("encoder.0.weight", [1, 2, 3, 4, 5, 6]);
        state.Set<float>("encoder.0.bias", [7, 8]);
        state.Set<long>("step", [9]);
    }

    public void Dispose()
    {
        state.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void What_is_saved_is_loaded_and_optimizers_only_where_asked_for()
    {
        using var other = new ModelState(2, Program);
        state.Save(folder.File(Path));
        other.Load(folder.File(Path));
        Assert.Equal(0, other.Get<long>("step")[0]);
        state.Save(folder.File(Path), all: true);
        other.Load(folder.File(Path));
        Assert.Equal(9, other.Get<long>("step")[0]);
        Assert.Equal([1f, 2, 3, 4, 5, 6], other.Get<float>("encoder.0.weight").ToArray());
        Assert.Equal([7f, 8], other.Get<float>("encoder.0.bias").ToArray());
    }

    [Fact]
    public void A_state_is_made_from_a_file_and_what_that_lacks_starts_anew()
    {
        state.Save(folder.File(Path));
        using (var plain = ModelState.FromFile(folder.File(Path), Program))
        {
            Assert.Equal([1f, 2, 3, 4, 5, 6], plain.Get<float>("encoder.0.weight").ToArray());
            Assert.Equal(0, plain.Get<long>("step")[0]);
        }

        state.Save(folder.File(Path), all: true);
        using var whole = ModelState.FromFile(folder.File(Path), Program);
        Assert.Equal(9, whole.Get<long>("step")[0]);
        Write(F32("encoder.0.weight", 2, 3));
        var error = Assert.Throws<RunException>(() => ModelState.FromFile(folder.File(Path), Program));
        Assert.Contains("missing    'encoder.0.bias' f32[2]", error.Message);
    }

    [Fact]
    public void Each_kind_is_where_it_belongs()
    {
        StateEntry[] entries = [.. Enum.GetValues<Kinds>().Select(kind =>
            EmptyProgram.Parameter(kind.ToString(), ElementType.F32, 2) with { Kind = kind })];
        var program = new EmptyProgram(state: entries);
        using var all = new ModelState(1, program);
        foreach (StateEntry entry in entries)
        {
            all.Set<float>(entry.Name, [3, 4]);
        }

        Assert.Equal(["Buffer", "Parameter"], Saved(all, checkpoint: false));
        Assert.Equal(["Buffer", "Optimizer", "Parameter", "Random"], Saved(all, checkpoint: true));
        all.Load(folder.File(Path));
        Assert.Equal([0f, 0], all.Get<float>("Cache").ToArray());
        Assert.Equal([3f, 4], all.Get<float>("Random").ToArray());
        all.Set<float>("Cache", [5, 6]);
        all.ClearCaches();
        Assert.Equal([0f, 0], all.Get<float>("Cache").ToArray());
        Write(F32("Parameter", 2));
        var error = Assert.Throws<RunException>(() => all.Load(folder.File(Path)));
        Assert.EndsWith("missing    'Buffer' f32[2]; did you mean 'Parameter'?", error.Message);
    }

    [Fact]
    public void Programs_agree_about_kinds_and_scalars_are_numbers()
    {
        StateEntry rate = EmptyProgram.Parameter("rate", ElementType.F64) with { Kind = Kinds.Optimizer, A = 0.5 };
        var first = new EmptyProgram(state: [rate, EmptyProgram.Parameter("w", ElementType.F32, 2)]);
        using var own = new ModelState(1, first);
        Assert.Equal(0.5, own.Get("rate"));
        long version = own.Version;
        own.Set("rate", 0.25);
        Assert.Equal(0.25, own.Get<double>("rate")[0]);
        Assert.NotEqual(version, own.Version);
        Assert.Contains("'w' is f32[2], not one number", Assert.Throws<RunException>(() => own.Get("w")).Message);
        Assert.Contains("did you mean 'rate'", Assert.Throws<RunException>(() => own.Set("rates", 1)).Message);
        var second = new EmptyProgram(state: [rate with { Kind = Kinds.Parameter }]);
        string message = Assert.Throws<RunException>(() => new ModelState(1, first, second)).Message;
        Assert.Equal("'rate' is optimizer state in one program and parameter in another", message);
        second = new EmptyProgram(state: [rate with { A = 0.1 }]);
        message = Assert.Throws<RunException>(() => new ModelState(1, first, second)).Message;
        Assert.Contains("'rate' starts at 0.5 in one program and at 0.1 in another", message);
    }

    [Fact]
    public void All_differences_are_told_at_once_with_both_shapes()
    {
        Write(F32("encoder.0.weight", 3, 2), F32("encoder.0.bais", 2), F32("decoder.weight", 1));
        Refused("""
            mismatched 'encoder.0.weight': file f32[3, 2], model f32[2, 3]
            missing    'encoder.0.bias' f32[2]; did you mean 'encoder.0.bais' or 'encoder.0.weight'?
            unexpected 'decoder.weight' f32[1]
            unexpected 'encoder.0.bais' f32[2]
            """);
    }

    [Fact]
    public void Another_element_type_is_told_even_where_the_bytes_would_fit()
    {
        SafetensorsTensor bias = new("encoder.0.bias", ElementType.I64, [1], stream => stream.Write(new byte[8]));
        Write(F32("encoder.0.weight", 2, 3), bias);
        Refused("mismatched 'encoder.0.bias': file i64[1], model f32[2]");
        bias = new("encoder.0.bias", ElementType.I32, [2], stream => stream.Write(new byte[8]));
        Write(F32("encoder.0.weight", 2, 3), bias);
        Refused("mismatched 'encoder.0.bias': file i32[2], model f32[2]");
    }

    [Fact]
    public void The_same_number_of_elements_in_another_shape_is_told()
    {
        Write(F32("encoder.0.weight", 6), F32("encoder.0.bias", 2, 1));
        Refused("""
            mismatched 'encoder.0.weight': file f32[6], model f32[2, 3]
            mismatched 'encoder.0.bias': file f32[2, 1], model f32[2]
            """);
    }

    [Fact]
    public void What_the_optimizer_left_must_fit_where_it_is_there()
    {
        Write(F32("encoder.0.weight", 2, 3), F32("encoder.0.bias", 2), F32("step", 2));
        Refused("mismatched 'step': file f32[2], model i64[]");
    }

    [Fact]
    public void Unexpected_tensors_may_be_ignored_missing_ones_not()
    {
        Write(F32("encoder.0.weight", 2, 3), F32("encoder.0.bias", 2), F32("more", 1));
        Refused("unexpected 'more' f32[1]");
        state.Load(folder.File(Path), strict: false);
        Assert.Equal([0f, 0], state.Get<float>("encoder.0.bias").ToArray());
        Write(F32("encoder.0.weight", 2, 3), F32("more", 1));
        Assert.Throws<RunException>(() => state.Load(folder.File(Path), strict: false));
    }

    [Fact]
    public void Names_of_a_hostile_file_are_quoted_and_the_message_stays_short()
    {
        string first = "\u2028" + new string('x', 1_000_000);
        Write([F32(first, 1), .. Enumerable.Range(0, 20_000).Select(i => F32($"{new string('y', 200)}{i}", 1))]);
        string message = Assert.Throws<RunException>(() => state.Load(folder.File(Path))).Message;
        Assert.DoesNotContain('\u2028', message);
        Assert.True(message.Length < 20_000, $"{message.Length} characters");
        Assert.EndsWith("\n  and 19953 more", message);
    }

    [Fact]
    public void A_damaged_file_changes_nothing()
    {
        Write(F32("encoder.0.weight", 2, 3), F32("encoder.0.bias", 2));
        byte[] whole = File.ReadAllBytes(folder.File(Path));
        foreach (int length in new[] { 0, 7, 8, whole.Length / 2, whole.Length - 1 })
        {
            folder.File(Path, whole.AsSpan(0, length));
            Unchanged<ModelFormatException>(() => state.Load(folder.File(Path)));
        }

        Unchanged<FileNotFoundException>(() => state.Load(folder.File("none")));
        Unchanged<UnauthorizedAccessException>(() => state.Load(folder.Path));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_leaves_the_previous_one()
    {
        string path = folder.File(Path);
        state.Save(path);
        byte[] before = File.ReadAllBytes(path);
        string[] places = OperatingSystem.IsLinux()
            ? [System.IO.Path.Combine(path, "x"), folder.File("none/x"), folder.Path, "/proc/x"]
            : [System.IO.Path.Combine(path, "x"), folder.File("none/x"), folder.Path];
        foreach (string place in places)
        {
            Assert.Equal(place, Assert.Throws<SaveException>(() => state.Save(place)).File);
        }

        Assert.Throws<ArgumentException>(() => state.Save(""));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    private static SafetensorsTensor F32(string name, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, extent) => product * extent);
        return new SafetensorsTensor(name, ElementType.F32, shape, stream => stream.Write(new byte[4 * count]));
    }

    private IEnumerable<string> Saved(ModelState all, bool checkpoint)
    {
        all.Save(folder.File(Path), checkpoint);
        using SafetensorsFile file = SafetensorsFile.Open(folder.File(Path));
        return [.. file.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal)];
    }

    private void Write(params SafetensorsTensor[] tensors) => SafetensorsWriter.Write(folder.File(Path), tensors);

    private void Refused(string differences)
    {
        string path = folder.File(Path);
        var error = Unchanged<RunException>(() => state.Load(path));
        string list = differences.ReplaceLineEndings("\n  ");
        Assert.Equal($"{path} does not fit the model:\n  {list}", error.Message);
    }

    private T Unchanged<T>(Action load)
        where T : Exception
    {
        long version = state.Version;
        T error = Assert.Throws<T>(load);
        Assert.Equal(version, state.Version);
        Assert.Equal([1f, 2, 3, 4, 5, 6], state.Get<float>("encoder.0.weight").ToArray());
        Assert.Equal([7f, 8], state.Get<float>("encoder.0.bias").ToArray());
        Assert.Equal(9, state.Get<long>("step")[0]);
        return error;
    }
}
