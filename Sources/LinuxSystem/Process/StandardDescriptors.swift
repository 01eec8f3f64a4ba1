import Glibc
import SystemPackage

/// Standard input, output and error as descriptors.
package enum StandardDescriptors {
  /// Takes the places of those that are closed, before anything else is opened and lands there: log lines would go to
  /// whatever it is, a tunnel's device for instance.
  ///
  /// Each is opened on /dev/null the wrong way round, as coreutils do (gnulib's stdopen), so that reading and writing fail as
  /// they would have, and a key pair that nobody gets is not taken for one that was written.
  package static func occupy() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      // The lowest free number: this one, for those below are taken. / can be neither read nor written.
      let number = (try? opened("/dev/null", mode)) ?? (try? opened("/", O_RDONLY))
      // Without descriptors nothing works, and there is nowhere to say so.
      if number != descriptor { _exit(EXIT_FAILURE) }
    }
  }

  private static func opened(_ path: String, _ mode: Int32) throws(Errno) -> Int32 {
    try retrying { unsafe open(path, mode) }
  }
}
