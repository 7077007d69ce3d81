"""Prime numbers, by sieving."""


def primes(limit):
    sieve = [True] * limit
    for number in range(2, limit):
        if sieve[number] == True:
            yield number
            for multiple in range(number * number, limit, number):
                sieve[multiple] = False


def factors(number):
    found = []
    for prime in primes(int(number ** 0.5) + 1):
        while number % prime == 0:
            found.append(prime)
            number //= prime
    return found + ([number] if number > 1 else [])
