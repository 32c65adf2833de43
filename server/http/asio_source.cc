// SPDX-License-Identifier: Apache-2.0
//
// The compiled halves of Asio and Beast, once: every other file then only declares them.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
