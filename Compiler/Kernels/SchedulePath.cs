namespace Sinter.Compiler.Kernels;

/// <summary>
/// The ways that schedules for threads with vectors can take. Each schedule says which it took, so that tests know
/// whether numbers were ever computed on each of them: a path without a case fails.
/// </summary>
public enum SchedulePath
{
    /// <summary>A product's lanes copied into panels.</summary>
    LanesPacked,
    /// <summary>The same, by transposing blocks.</summary>
    LanesTransposed,
    /// <summary>A product's lanes read where they are.</summary>
    LanesInPlace,
    /// <summary>A product's lanes computed into scratch.</summary>
    LanesScratch,
    /// <summary>The same, a part of them at a time.</summary>
    LanesScratchParts,
    /// <summary>A product's rows computed into scratch.</summary>
    RowsScratch,
    /// <summary>The same, a part of them at a time.</summary>
    RowsScratchParts,
    /// <summary>The same, between blocks of a long sum.</summary>
    RowsScratchBlocks,
    /// <summary>An operand of a product computed by a kernel in front.</summary>
    OperandInFront,
    /// <summary>A product's rows copied into tiles.</summary>
    RowsPacked,
    /// <summary>The same, of rows whose number a run says.</summary>
    RowsPackedSymbolic,
    /// <summary>Rows copied into tiles that lie side by side in memory, as those of a weight's gradient do.</summary>
    RowsPackedSideBySide,
    /// <summary>Rows left behind whole tiles, their number known.</summary>
    RowsRest,
    /// <summary>Rows left behind whole tiles, one by one.</summary>
    RowsOneByOne,
    /// <summary>Tiles over several runs of rows.</summary>
    RowGroups,
    /// <summary>Tiles over several runs of lanes.</summary>
    LaneGroups,
    /// <summary>A panel that is not filled.</summary>
    LanesPartial,
    /// <summary>Lanes whose number a run says.</summary>
    LanesSymbolic,
    /// <summary>A contracted axis whose extent a run says.</summary>
    DepthSymbolic,
    /// <summary>Products summed in blocks.</summary>
    DepthBlocked,
    /// <summary>The same where a run says whether there are so many.</summary>
    DepthBlockedOrNot,
    /// <summary>An epilogue computed from the registers.</summary>
    EpilogueInline,
    /// <summary>An epilogue computed over the tile in scratch.</summary>
    EpilogueLooped,
    /// <summary>What reads whole rows of a product, done for a block of them at a time.</summary>
    RowsWhole,
    /// <summary>The same, by a kernel behind the product's.</summary>
    RowsBehind,
    /// <summary>A product shared out by an outer loop.</summary>
    ProductByOuterLoop,
    /// <summary>A product shared out by rows.</summary>
    ProductByRows,
    /// <summary>A product shared out along a symbol, and by panels too where a run has few pieces.</summary>
    ProductByPanelsToo,
    /// <summary>A product shared out by panels.</summary>
    ProductByPanels,
    /// <summary>Loops of one element at a time.</summary>
    Elements,
    /// <summary>Vectors along rows.</summary>
    RowVectors,
    /// <summary>Row scratch that holds a vector for each element.</summary>
    RowVectorScratch,
    /// <summary>Vectors along the innermost loop of a row.</summary>
    InnerVectors,
    /// <summary>Several running sums for a row.</summary>
    InnerAccumulators,
    /// <summary>What vectors leave of a row that is reduced.</summary>
    InnerRest,
    /// <summary>What vectors leave of a row that is written.</summary>
    InnerPartial,
    /// <summary>A short reduction written out.</summary>
    ReductionUnrolled,
    /// <summary>The position of the best element, found in a loop.</summary>
    BestInLoop,
    /// <summary>A sum in blocks, elements or rows.</summary>
    SumBlocked,
    /// <summary>A sum in blocks, vectors along it.</summary>
    SumBlockedInner,
    /// <summary>Strips of columns reduced in scratch.</summary>
    ColumnStrips,
    /// <summary>All columns of an outer row reduced in scratch.</summary>
    ColumnsWhole,
    /// <summary>Columns summed in blocks of rows.</summary>
    ColumnsBlocked,
    /// <summary>Results written past the caches.</summary>
    StoreStreamed,
    /// <summary>Memory asked for ahead.</summary>
    ReadAhead,
    /// <summary>Slices added to rows chosen by data.</summary>
    Scatter,
    /// <summary>The same, a piece for each slice in front.</summary>
    ScatterPieces,
    /// <summary>Positions of true elements, counted in blocks.</summary>
    NonZero,
}
