/// The proof: real nodes, clients and pushers, a nemesis that does its worst to them, and a check
/// of all that happened. Everything random in it comes from one seed.
@NullMarked
package io.belfry.proof;

import org.jspecify.annotations.NullMarked;
