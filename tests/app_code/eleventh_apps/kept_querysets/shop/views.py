from .models import Order, OrderItem


def act(request, chosen):
    if chosen == "all":
        orders = filtered(request)
    else:
        orders = Order.objects.filter(pk__in=request.POST.getlist("pk"))
    if chosen == "close":
        orders.update(status="closed")
    elif chosen == "give":
        orders.update(customer=request.customer)
    else:
        orders.delete()


def filtered(request):
    return request.session["orders"]


def settle(request, order):
    _move(OrderItem.objects.filter(order=order), request.target)


def _move(items, target):
    try:
        items.update(order=target)
    except ValueError:
        for item in items:
            item.delete()


def note(request, notes):
    notes.update(order=None)
