import Glibc

/// A file descriptor with one owner, closed when that goes.
package struct OwnedDescriptor: ~Copyable {
  package let rawValue: Int32

  package init(adopting rawValue: Int32) { self.rawValue = rawValue }

  deinit { close(rawValue) }
}
