namespace Digits;

/// <summary>
/// Draws images that look like handwritten digits, so that the sample needs no download. Every image is a function of
/// (seed, index): the same bytes on every machine, with any number of threads. Only additions, products, quotients and
/// square roots are used, which IEEE 754 rounds the same everywhere; sines and exponentials it does not.
/// </summary>
public static partial class SyntheticDigits
{
    /// <summary>Width and height of an image, in pixels.</summary>
    public const int Side = 28;

    /// <summary>Bytes of one image: rows from the top, one byte a pixel, 0 = paper, 255 = full ink.</summary>
    public const int PixelCount = Side * Side;

    // Nodes of the elastic field along each axis: enough to bend a stroke, too few to crumple it.
    private const int FieldSide = 4;

    // Keeps the stream that picks labels apart from the streams that draw.
    private const ulong LabelSalt = 0x6C61_6265_6C73_0001;

    /// <summary>Draws images in parallel; digits are chosen at random, all equally likely.</summary>
    /// <param name="seed">Chooses the set; sets of different seeds share no image.</param>
    /// <param name="count">Number of images.</param>
    /// <returns>Images (count, 28, 28) one after the other, and their labels 0…9 (count).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or its images exceed one array.</exception>
    public static (byte[] Images, byte[] Labels) Generate(ulong seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / PixelCount);
        var images = new byte[count * PixelCount];
        var labels = new byte[count];
        Parallel.For(0, count, index =>
        {
            var digit = new Random64(seed ^ LabelSalt, index).Below(10);
            labels[index] = (byte)digit;
            Draw(seed, index, digit, images.AsSpan(index * PixelCount, PixelCount));
        });
        return (images, labels);
    }

    /// <summary>Draws one digit.</summary>
    /// <param name="seed">Chooses the set.</param>
    /// <param name="index">Chooses the hand, pen and paper within the set.</param>
    /// <param name="digit">The digit, 0…9.</param>
    /// <param name="pixels">Receives 28 × 28 bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The digit is not one of 0…9.</exception>
    /// <exception cref="ArgumentException">The span does not hold exactly 784 bytes.</exception>
    public static void Draw(ulong seed, long index, int digit, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digit, 9);
        if (pixels.Length != PixelCount)
            throw new ArgumentException($"An image has {PixelCount} pixels, the span {pixels.Length}.", nameof(pixels));

        var random = new Random64(seed, index);
        Span<float> field = stackalloc float[2 * FieldSide * FieldSide];
        Span<float> canvas = stackalloc float[PixelCount];
        canvas.Clear();
        Hand hand = Hand.Choose(ref random, field);
        byte[][][] variants = Skeletons[digit];
        byte[][] strokes = variants[random.Below(variants.Length)];
        int broken = random.Chance(0.12f) ? random.Below(strokes.Length) : -1;
        for (int stroke = 0; stroke < strokes.Length; stroke++)
        {
            float gap = stroke == broken ? random.Between(0.15f, 0.85f) : -1f;
            DrawStroke(canvas, strokes[stroke], hand, gap);
        }

        if (random.Chance(0.15f))
            DrawDistractor(canvas, ref random, hand.Radius);
        Develop(canvas, pixels, ref random);
    }

    /// <summary>Draws a Catmull-Rom curve through the points; the pen skips around a gap in 0…1.</summary>
    private static void DrawStroke(Span<float> canvas, ReadOnlySpan<byte> points, in Hand hand, float gap)
    {
        int last = (points.Length / 2) - 1;
        (float x, float y) = hand.Place(points[0], points[1]);
        for (int span = 0; span < last; span++)
        {
            int before = Math.Max(span - 1, 0);
            int after = Math.Min(span + 2, last);
            float width = points[(2 * span) + 2] - points[2 * span];
            float height = points[(2 * span) + 3] - points[(2 * span) + 1];
            int pieces = 3 + (int)(MathF.Sqrt((width * width) + (height * height)) / 10f);
            for (int piece = 1; piece <= pieces; piece++)
            {
                float t = piece / (float)pieces;
                (float nextX, float nextY) = hand.Place(
                    CatmullRom(points[2 * before], points[2 * span], points[(2 * span) + 2], points[2 * after], t),
                    CatmullRom(points[(2 * before) + 1], points[(2 * span) + 1], points[(2 * span) + 3],
                        points[(2 * after) + 1], t));
                float along = (span + t) / last;
                bool skipped = MathF.Abs(along - gap) < 0.06f;
                if (!skipped)
                    DrawSegment(canvas, x, y, nextX, nextY, hand.Radius * (1f + (hand.Pressure * (along - 0.5f))));
                (x, y) = (nextX, nextY);
            }
        }
    }

    private static float CatmullRom(float before, float from, float to, float after, float t)
    {
        float linear = to - before;
        float square = (2f * before) - (5f * from) + (4f * to) - after;
        float cube = (3f * (from - to)) + after - before;
        return from + (0.5f * t * (linear + (t * (square + (t * cube)))));
    }

    /// <summary>Draws a segment with round ends; ink falls from 1 to 0 over one pixel at the pen's edge.</summary>
    private static void DrawSegment(Span<float> canvas, float x0, float y0, float x1, float y1, float radius)
    {
        float reach = radius + 0.5f;
        int left = Math.Max(0, (int)(MathF.Min(x0, x1) - reach));
        int right = Math.Min(Side - 1, (int)(MathF.Max(x0, x1) + reach));
        int top = Math.Max(0, (int)(MathF.Min(y0, y1) - reach));
        int bottom = Math.Min(Side - 1, (int)(MathF.Max(y0, y1) + reach));
        float dx = x1 - x0;
        float dy = y1 - y0;
        float scale = 1f / MathF.Max((dx * dx) + (dy * dy), 1e-6f);
        for (int row = top; row <= bottom; row++)
        {
            float py = row + 0.5f - y0;
            for (int column = left; column <= right; column++)
            {
                float px = column + 0.5f - x0;
                float along = MathF.Min(MathF.Max(((px * dx) + (py * dy)) * scale, 0f), 1f);
                float offX = px - (along * dx);
                float offY = py - (along * dy);
                float square = (offX * offX) + (offY * offY);
                if (square >= reach * reach)
                    continue;
                ref float ink = ref canvas[(row * Side) + column];
                ink = MathF.Max(ink, MathF.Min(reach - MathF.Sqrt(square), 1f));
            }
        }
    }

    /// <summary>A short scratch near the border: ink that means nothing.</summary>
    private static void DrawDistractor(Span<float> canvas, ref Random64 random, float radius)
    {
        float along = random.Between(2f, 26f);
        float across = random.Between(0.5f, 4f);
        if (random.Chance(0.5f))
            across = Side - across;
        (float x, float y) = random.Chance(0.5f) ? (along, across) : (across, along);
        float endX = x + random.Between(-3f, 3f);
        float endY = y + random.Between(-3f, 3f);
        DrawSegment(canvas, x, y, endX, endY, radius * random.Between(0.6f, 1f));
    }

    /// <summary>Ink to bytes: contrast, grey paper on some images, and the grain of a scanner.</summary>
    private static void Develop(ReadOnlySpan<float> canvas, Span<byte> pixels, ref Random64 random)
    {
        float ink = random.Between(150f, 255f);
        float paper = random.Chance(0.3f) ? random.Between(0f, 40f) : 0f;
        float grain = random.Between(0f, 40f);
        ulong bits = 0;
        for (int pixel = 0; pixel < PixelCount; pixel++)
        {
            // Eight pixels share one draw: a byte of it is fine enough for noise.
            if (pixel % 8 == 0)
                bits = random.Next();
            float noise = (((bits & 0xFF) / 255f) - 0.5f) * grain;
            bits >>= 8;
            float value = paper + (canvas[pixel] * (ink - paper)) + noise;
            pixels[pixel] = (byte)MathF.Min(MathF.Max(value, 0f), 255f);
        }
    }

    /// <summary>How one image is written: the pen, and the map from the skeletons' grid to pixels.</summary>
    private readonly ref struct Hand
    {
        private readonly ReadOnlySpan<float> _field;
        private readonly float _xx;
        private readonly float _xy;
        private readonly float _yx;
        private readonly float _yy;
        private readonly float _centerX;
        private readonly float _centerY;

        private Hand(ref Random64 random, ReadOnlySpan<float> field)
        {
            _field = field;
            Radius = random.Between(0.6f, 1.9f);
            Pressure = random.Between(-0.5f, 0.5f);

            // The half angle's tangent gives sine and cosine by division alone; ±0.17 is ±19 degrees.
            float tangent = 0.5f * (random.Between(-0.17f, 0.17f) + random.Between(-0.17f, 0.17f));
            float cosine = (1f - (tangent * tangent)) / (1f + (tangent * tangent));
            float sine = 2f * tangent / (1f + (tangent * tangent));
            float shear = random.Between(-0.32f, 0.32f);
            float scaleX = random.Between(0.15f, 0.24f);
            float scaleY = random.Between(0.15f, 0.22f);
            _xx = cosine * scaleX;
            _xy = ((cosine * shear) - sine) * scaleY;
            _yx = sine * scaleX;
            _yy = ((sine * shear) + cosine) * scaleY;
            _centerX = (0.5f * Side) + random.Between(-2.3f, 2.3f);
            _centerY = (0.5f * Side) + random.Between(-2.3f, 2.3f);
        }

        /// <summary>Half the pen's width, in pixels.</summary>
        public float Radius { get; }

        /// <summary>How much the pen widens (or, negative, narrows) from a stroke's start to its end.</summary>
        public float Pressure { get; }

        /// <summary>A random hand, and the elastic field: displacements (node, x and y) in grid units.</summary>
        public static Hand Choose(ref Random64 random, Span<float> field)
        {
            float strength = random.Between(3f, 12f);
            foreach (ref float displacement in field)
                displacement = random.Between(-strength, strength);
            return new Hand(ref random, field);
        }

        /// <summary>From grid units to pixels: the elastic field first, then the affine map.</summary>
        public (float X, float Y) Place(float x, float y)
        {
            (float shiftX, float shiftY) = Displacement(x, y);
            float fromX = x + shiftX - 50f;
            float fromY = y + shiftY - 50f;
            return (_centerX + (_xx * fromX) + (_xy * fromY), _centerY + (_yx * fromX) + (_yy * fromY));
        }

        private (float X, float Y) Displacement(float x, float y)
        {
            (int column, float right) = Cell(x);
            (int row, float down) = Cell(y);
            int above = 2 * ((row * FieldSide) + column);
            int below = above + (2 * FieldSide);
            return (
                Mix(Mix(_field[above], _field[above + 2], right), Mix(_field[below], _field[below + 2], right), down),
                Mix(Mix(_field[above + 1], _field[above + 3], right), Mix(_field[below + 1], _field[below + 3], right),
                    down));
        }

        /// <summary>The field's cell and the place in it, eased to keep the field's slope continuous.</summary>
        private static (int Node, float Eased) Cell(float coordinate)
        {
            float scaled = MathF.Min(MathF.Max(coordinate * 0.01f, 0f), 1f) * (FieldSide - 1);
            int node = Math.Min((int)scaled, FieldSide - 2);
            float t = scaled - node;
            return (node, t * t * (3f - (2f * t)));
        }

        private static float Mix(float from, float to, float t) => from + ((to - from) * t);
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014), one stream for each (seed, index).</summary>
    private struct Random64(ulong seed, long index)
    {
        private const ulong Step = 0x9E37_79B9_7F4A_7C15;

        // Mixing the index before adding the seed keeps neighbouring streams from being shifted copies of each other.
        private ulong _state = Scramble(Scramble(seed) + (Step * (ulong)index));

        public ulong Next()
        {
            _state += Step;
            return Scramble(_state);
        }

        public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);

        public float Between(float low, float high) => low + ((high - low) * ((Next() >> 40) * (1f / (1 << 24))));

        public bool Chance(float probability) => Between(0f, 1f) < probability;

        private static ulong Scramble(ulong value)
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }
    }
}
