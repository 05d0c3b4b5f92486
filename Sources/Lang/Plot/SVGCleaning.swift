/// What gnuplot's SVG needs to stand in a page.
enum SVGCleaning {
  /// Gives the picture its title for readers that cannot see it, fonts that every browser
  /// has, bold type, and no names for its curves that a browser would show as tooltips.
  static func clean(_ text: String, title: String) -> String {
    let fonts = "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\""
    var result = text.replacing(
      "font-family=\"\(PlotStyle.font):Bold\"", with: fonts + " font-weight=\"bold\"")
    result = result.replacing("font-family=\"\(PlotStyle.font)\"", with: fonts)
    // gnuplot leaves ">" as it is, but this one is not allowed in XML.
    result = result.replacing("]]>", with: "]]&gt;")
    result = result.replacing("<title>Gnuplot</title>", with: "<title>\(escape(title))</title>")
    return withoutNames(result)
  }

  /// `<g id="gnuplot_plot_7" ><title>gnuplot_plot_7</title>` becomes `<g>`. The numbers count
  /// all curves that this gnuplot has drawn, so they also differ from one time to the next.
  private static func withoutNames(_ text: String) -> String {
    let parts = text.split(separator: "<g id=\"gnuplot_plot_", omittingEmptySubsequences: false)
    return parts.enumerated().map { index, part -> Substring in
      guard index > 0, let end = part.firstRange(of: "</title>") else { return part[...] }
      return "<g>" + part[end.upperBound...]
    }.joined()
  }

  private static func escape(_ text: String) -> String {
    GnuplotText.plain(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;")
  }
}
