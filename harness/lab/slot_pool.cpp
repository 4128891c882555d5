#include "harness/lab/slot_pool.h"

#include <new>

#include <sys/mman.h>

#include "harness/base/error.h"

namespace halfopen {

SlotPool::SlotPool(int slots) : count_(slots) {
    const size_t bytes = sizeof(Slot) * static_cast<size_t>(slots);
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    check(reinterpret_cast<intptr_t>(memory), "mapping {} bytes of shared memory", bytes);
    slots_ = static_cast<Slot*>(memory);
    free_.reserve(static_cast<size_t>(slots)); // so that giving back cannot fail
    for (int i = slots; i > 0; --i) free_.push_back(slots_ + i - 1);
}

SlotPool::~SlotPool() { munmap(slots_, sizeof(Slot) * static_cast<size_t>(count_)); }

SlotLease SlotPool::lend() {
    if (free_.empty()) throw Error(Exit::incomplete, fmt::format("all {} slots of the lab are taken", count_));
    Slot* slot = new (free_.back()) Slot{};
    free_.pop_back();
    return {slot, {this}};
}

} // namespace halfopen
