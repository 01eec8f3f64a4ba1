import LinuxSystem

/// Why a tunnel cannot start or go on, as it is told to the user: what failed, in the kernel's words so that it can be
/// searched for; why, with the names and values at hand; what cures it.
struct DaemonError: Error, CustomStringConvertible {
  var what: String
  var why: String?
  var cure: String?

  var description: String {
    [what, why.map { "  " + $0 }, cure.map { "  " + $0 }].compactMap { $0 }.joined(separator: "\n")
  }

  init(_ what: String, why: String? = nil, cure: String? = nil) {
    self.what = what
    self.why = why
    self.cure = cure
  }
}
