#pragma once
// Memory that stays shared between a process and its children (mmap(2), MAP_SHARED | MAP_ANONYMOUS).

#include <new>
#include <utility>

#include <sys/mman.h>

#include "harness/base/error.h"

namespace halfopen {

template <typename T> class Shared {
public:
    Shared() {
        void* memory = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        check(reinterpret_cast<intptr_t>(memory), "mapping {} bytes of shared memory", sizeof(T));
        object_ = new (memory) T{};
    }
    Shared(Shared&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Shared& operator=(Shared&&) = delete;
    ~Shared() {
        if (object_) munmap(object_, sizeof(T));
    }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }

private:
    T* object_ = nullptr;
};

} // namespace halfopen
