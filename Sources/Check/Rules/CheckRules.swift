/// What facts mean for a tunnel, without a look at the system: whoever gathers the facts passes them in.
package enum CheckRules {}
