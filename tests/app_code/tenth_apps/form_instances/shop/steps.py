from shop.forms import GiftForm, ItemForm, OrderForm


def order_step(request):
    form = OrderForm(data=request.POST)
    form.instance.customer = request.user.customer
    form.save()


def quick_step(request):
    form = OrderForm(data=request.POST)
    form.save()


def item_step(request, order):
    form = ItemForm(data=request.POST, order=order)
    form.save()


def gift_step(request, order):
    form = GiftForm(data=request.POST, order=order)
    form.save()
